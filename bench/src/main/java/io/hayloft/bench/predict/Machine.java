package io.hayloft.bench.predict;

import io.hayloft.base.FileError;
import io.hayloft.base.UserError;
import io.hayloft.bench.identity.Machines;
import io.hayloft.kernels.VectorWidth;
import io.hayloft.kernels.machine.MachineLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * How fast a machine does the parts of a model's work: what {@code --machine} reads and writes.
 *
 * @param cpu name of the processor
 * @param threads that worked
 * @param vectorBits width of vectors
 * @param gflops see {@link MachineLimits#gflops}
 * @param gigabytesPerSecond see {@link MachineLimits#gigabytesPerSecond}
 * @param costs seconds of one unit of work, by {@link Cost#key}
 */
public record Machine(
        String cpu, int threads, int vectorBits, double gflops, double gigabytesPerSecond, Map<String, Double> costs) {
    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    /** Copies the costs, in the order of their keys. */
    public Machine {
        costs = Collections.unmodifiableMap(new TreeMap<>(costs));
    }

    /** This machine, of which the limits are measured and nothing else; takes one and a half seconds. */
    public static Machine measureLimits(int threads) {
        return here(MachineLimits.measure(threads));
    }

    /** This machine with these limits. */
    static Machine here(MachineLimits limits) {
        return new Machine(
                Machines.cpu(),
                limits.threads(),
                VectorWidth.BITS,
                limits.gflops(),
                limits.gigabytesPerSecond(),
                Map.of());
    }

    /** This machine, of which nothing was measured; its limits are not known and say 1. */
    static Machine unmeasured(int threads) {
        return here(new MachineLimits(threads, 1, 1));
    }

    /** Whether this is the machine that the program runs on. */
    boolean isHere(int workers) {
        return cpu.equals(Machines.cpu()) && threads == workers && vectorBits == VectorWidth.BITS;
    }

    /** The same with one more cost. */
    Machine with(Cost cost, double seconds) {
        var more = new TreeMap<>(costs);
        more.put(cost.key(), seconds);
        return new Machine(cpu, threads, vectorBits, gflops, gigabytesPerSecond, more);
    }

    /** Seconds of a unit, if it was measured. */
    OptionalDouble seconds(Cost cost) {
        var measured = costs.get(cost.key());
        return measured == null ? OptionalDouble.empty() : OptionalDouble.of(measured);
    }

    /**
     * Seconds of a unit that was not measured: the middle one of what was measured of its sort, as a share of the limits of
     * the machine that all models come near; the limit itself where nothing was.
     */
    double estimate(Cost cost) {
        var alike = costs.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(cost.sort().label()))
                .mapToDouble(Map.Entry::getValue)
                .filter(seconds -> seconds > 0)
                .sorted()
                .toArray();
        return alike.length > 0 ? alike[alike.length / 2] : cost.sort().atBest(this);
    }

    /**
     * Reads a file.
     *
     * @throws UserError if it does not describe a machine
     */
    public static Machine read(Path file) {
        try {
            var machine = MAPPER.readValue(Files.readAllBytes(file), Machine.class);
            boolean positive =
                    machine.cpu != null && machine.gflops > 0 && machine.gigabytesPerSecond > 0 && machine.threads > 0;
            for (double seconds : machine.costs.values()) {
                positive &= seconds >= 0 && Double.isFinite(seconds);
            }
            if (!positive) {
                throw new UserError(file + " describes no machine: its speeds must be above 0 and its costs not below");
            }
            return machine;
        } catch (JacksonException | NullPointerException e) {
            throw new UserError(
                    file
                            + " describes no machine: give a file that hayloft plan --machine wrote, or a name for a"
                            + " new one",
                    e);
        } catch (IOException e) {
            throw new UserError("cannot read " + file + ": " + FileError.reason(e), e);
        }
    }

    /** The file in a folder that is for this machine with so many threads. */
    public static Path fileIn(Path folder, int threads) {
        var cpu = Machines.cpu().replaceAll("[^A-Za-z0-9]+", "-");
        return folder.resolve("machines").resolve(cpu + "-" + threads + "-" + VectorWidth.BITS + ".json");
    }

    /** The machine of a kept file with what is known of this one besides; this one where the file does not describe it. */
    Machine together(Path file) {
        try {
            var kept = Files.isRegularFile(file) ? read(file) : this;
            if (!kept.isHere(threads)) {
                return this;
            }
            var all = new TreeMap<>(kept.costs);
            all.putAll(costs);
            return new Machine(cpu, threads, vectorBits, kept.gflops, kept.gigabytesPerSecond, all);
        } catch (UserError e) {
            return this; // damaged: it is made anew
        }
    }

    /** Adds what is known to a file that nothing depends on: where it cannot be written, there is none. */
    void keep(Path file) {
        var folder = Objects.requireNonNull(file.toAbsolutePath().getParent());
        try {
            Files.createDirectories(folder);
            var draft = Files.createTempFile(folder, "machine", ".new");
            try {
                together(file).write(draft);
                Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(draft);
            }
        } catch (IOException | UserError e) {
            // a home that is read-only
        }
    }

    /** Writes a file. */
    public void write(Path file) {
        try {
            Files.writeString(file, MAPPER.writeValueAsString(this) + System.lineSeparator());
        } catch (IOException e) {
            throw new UserError("cannot write " + file + ": " + FileError.reason(e) + ": name another --machine", e);
        }
    }
}
