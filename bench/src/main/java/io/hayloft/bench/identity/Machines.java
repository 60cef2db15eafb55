package io.hayloft.bench.identity;

import com.sun.management.OperatingSystemMXBean;
import io.hayloft.bench.record.RunInfo;
import io.hayloft.kernels.VectorWidth;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Describes the machine that a run is on. */
public final class Machines {
    private Machines() {}

    /** Caches may take this share of the memory that weights and heap leave; the rest belongs to other programs. */
    private static final double CACHE_SHARE = 0.7;

    /** Bytes that the caches of a sample may take together. */
    public static long cacheMemory(long weightBytes) {
        return cacheMemory(memory(), weightBytes, Runtime.getRuntime().maxMemory());
    }

    /** The same for a machine with this memory; no bound if it is 0, which means unknown. */
    static long cacheMemory(long memory, long weightBytes, long heapBytes) {
        return memory == 0 ? Long.MAX_VALUE : Math.round(Math.max(0, memory - weightBytes - heapBytes) * CACHE_SHARE);
    }

    /** A short name for a machine, such as {@code 3f2a91c0}: it says nothing about its owner. */
    public static String name(RunInfo.Machine machine) {
        return Hashes.of(machine.toString()).substring(0, 8);
    }

    /** Bytes of memory of the machine; 0 where the JVM does not know. */
    public static long memory() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
                ? system.getTotalMemorySize()
                : 0;
    }

    /**
     * Bytes that new data can take without swapping, caches of files counted as free; where the system does not say, all
     * memory.
     */
    public static long freeMemory() {
        var file = Path.of("/proc/meminfo");
        if (Files.isReadable(file)) {
            try {
                // A container may have less than the machine that the file is about.
                return Math.min(memory(), availableIn(Files.readAllLines(file)));
            } catch (IOException e) {
                return memory();
            }
        }
        return memory();
    }

    /** The line {@code MemAvailable: 23620864 kB} in bytes; without it no bound. */
    static long availableIn(List<String> lines) {
        for (var line : lines) {
            var words = line.strip().split("\\s+", -1);
            if (words.length == 3 && words[0].equals("MemAvailable:") && words[1].matches("\\d{1,15}")) {
                return Long.parseLong(words[1]) * 1024;
            }
        }
        return Long.MAX_VALUE;
    }

    /** The machine that this JVM runs on. */
    public static RunInfo.Machine describe(ModelFacts model) {
        return new RunInfo.Machine(
                cpu(),
                Runtime.getRuntime().availableProcessors(),
                memory(),
                VectorWidth.BITS,
                System.getProperty("java.vm.name") + " " + Runtime.version(),
                System.getProperty("os.name") + " " + System.getProperty("os.arch"),
                model.threads());
    }

    /** Name of the processor where the system gives it, else of its architecture. */
    public static String cpu() {
        var file = Path.of("/proc/cpuinfo");
        if (Files.isReadable(file)) {
            try (var lines = Files.lines(file)) {
                return lines.filter(line -> line.startsWith("model name"))
                        .map(line -> line.substring(line.indexOf(':') + 1).strip())
                        .findFirst()
                        .orElse(System.getProperty("os.arch"));
            } catch (IOException e) {
                return System.getProperty("os.arch");
            }
        }
        return System.getProperty("os.arch");
    }
}
