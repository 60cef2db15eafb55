package io.hayloft.bench.record;

import io.hayloft.base.UserError;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The description of a run: the content of {@code run.json}.
 *
 * @param format {@value #FORMAT}
 * @param version the program's version, as it was at the last start
 * @param commit the commit that it was built from; {@code unknown} where nobody knows
 * @param code hash of the program's own code, as it was at the last start
 * @param identity hash of the settings that all records of the folder share
 * @param clock date and time with offset from UTC that chat formats see in every start of this run, ISO 8601
 * @param model the model
 * @param settings the settings that results depend on, by name; lists of methods, tasks and lengths grow
 * @param taskVersions version of each task
 * @param machine the machine of the last start
 * @param machines all machines of this run, by the names that records give
 * @param started when the run was first started, ISO 8601
 * @param finished when its last sample was done; null before that
 * @param seconds time spent running, over all starts that came to the end
 * @param starts number of starts
 * @param notes remarks for the reader, such as a missing chat format
 */
public record RunInfo(
        String format,
        String version,
        String commit,
        String code,
        String identity,
        String clock,
        Model model,
        Map<String, Object> settings,
        Map<String, String> taskVersions,
        Machine machine,
        Map<String, Machine> machines,
        String started,
        @Nullable String finished,
        double seconds,
        int starts,
        List<String> notes) {
    /** The first field of every file of this kind. */
    public static final String FORMAT = "hayloft-run/3";

    /**
     * The model of a run.
     *
     * @param name as in the records
     * @param hash SHA-256 of its files
     * @param architecture such as {@code llama}
     * @param embedded whether it is the instrument that comes with Hayloft
     * @param contextLength most tokens it can see
     * @param weightBytes bytes of its packed weights; 0 in a run that loads none, as only a server answers
     * @param fullBytesPerToken bytes of full cache for each token, without sliding windows counted in
     */
    public record Model(
            String name,
            String hash,
            String architecture,
            boolean embedded,
            int contextLength,
            long weightBytes,
            long fullBytesPerToken) {}

    /**
     * The machine of a run.
     *
     * @param cpu its name as the system gives it
     * @param cores processors that the JVM may use
     * @param memoryBytes memory of the machine
     * @param vectorBits width of the vectors that the kernels use, which only times depend on
     * @param jvm name and version of the Java virtual machine
     * @param system operating system and architecture
     * @param threads worker threads of the run
     */
    public record Machine(
            String cpu, int cores, long memoryBytes, int vectorBits, String jvm, String system, int threads) {}

    /** Copies the collections. */
    public RunInfo {
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
        taskVersions = Collections.unmodifiableMap(new LinkedHashMap<>(taskVersions));
        machines = Collections.unmodifiableMap(new LinkedHashMap<>(machines));
        notes = List.copyOf(notes);
    }

    /** This start of a run as the continuation of an earlier one, which it may extend. */
    RunInfo continuing(Path folder, RunInfo before) {
        var grown = Growth.of(folder, before.settings(), settings);
        var reasons = reasonsAgainst(before, grown);
        if (!reasons.isEmpty()) {
            throw new UserError(
                    folder + " holds another run (" + String.join("; ", reasons) + "): name another --out folder");
        }
        var all = new LinkedHashSet<>(before.notes());
        all.addAll(notes);
        if (!before.machine().equals(machine)) {
            all.add("started again on another machine or with other threads: times are of both");
        }
        if (!before.code().equals(code)) {
            all.add("started again with other code of Hayloft (" + code + ", before " + before.code()
                    + "): records may be of both");
        }
        var versions = new LinkedHashMap<>(before.taskVersions());
        versions.putAll(taskVersions);
        var known = new LinkedHashMap<>(before.machines());
        known.putAll(machines);
        return new RunInfo(
                format,
                version,
                commit,
                code,
                identity,
                before.clock(),
                model.weightBytes() > 0 ? model : before.model(),
                grown.settings(),
                versions,
                machine,
                known,
                before.started(),
                before.finished(),
                before.seconds(),
                before.starts() + 1,
                List.copyOf(all));
    }

    /** Why this run and another cannot be one: the settings, and tasks whose scores do not mix. */
    private List<String> reasonsAgainst(RunInfo other, Growth settingsOfBoth) {
        var reasons = new ArrayList<>(settingsOfBoth.reasons());
        taskVersions.forEach((task, version) -> {
            var before = other.taskVersions().getOrDefault(task, version);
            if (!before.equals(version)) {
                reasons.add("task " + task + " is version " + version + " here and version " + before
                        + " there: their scores do not mix");
            }
        });
        return reasons;
    }

    /** This run with another machine that answers samples. */
    RunInfo alsoOn(Answered.Worker worker) {
        var all = new LinkedHashMap<>(machines);
        all.put(worker.name(), worker.machine());
        return with(settings, all, finished, seconds);
    }

    /** This run while there is something left to do. */
    RunInfo unfinished() {
        return with(settings, machines, null, seconds);
    }

    /** This run when its last sample is done. */
    RunInfo finishedAt(String time, double secondsMore) {
        return with(settings, machines, time, seconds + secondsMore);
    }

    /**
     * This part of a run together with another.
     *
     * @param folder of this part
     * @throws UserError if they are parts of different runs
     */
    RunInfo mergedWith(Path folder, RunInfo other, Path otherFolder) {
        var together = Growth.of(folder, settings, other.settings());
        var reasons = reasonsAgainst(other, together);
        if (!reasons.isEmpty()) {
            throw new UserError(
                    folder + " and " + otherFolder + " are not parts of one run: " + String.join("; ", reasons));
        }
        var versions = new LinkedHashMap<>(taskVersions);
        versions.putAll(other.taskVersions());
        var known = new LinkedHashMap<>(machines);
        known.putAll(other.machines());
        var all = new LinkedHashSet<>(notes);
        all.addAll(other.notes());
        if (!code.equals(other.code())) {
            all.add("parts ran with other code of Hayloft (" + code + ", " + other.code() + ")");
        }
        return new RunInfo(
                format,
                version,
                commit,
                code,
                identity,
                clock.compareTo(other.clock()) <= 0 ? clock : other.clock(),
                model.weightBytes() > 0 ? model : other.model(),
                together.settings(),
                versions,
                machine,
                known,
                started.compareTo(other.started()) <= 0 ? started : other.started(),
                later(finished, other.finished()),
                seconds + other.seconds(),
                starts + other.starts(),
                List.copyOf(all));
    }

    /** The later of two ends; none where a part has none. */
    private static @Nullable String later(@Nullable String one, @Nullable String other) {
        return one == null || other == null ? null : one.compareTo(other) >= 0 ? one : other;
    }

    /** This run without word of the parts that it was made of. */
    RunInfo withoutShards() {
        var all = new LinkedHashMap<>(settings);
        all.remove("shards");
        return with(all, machines, finished, seconds);
    }

    /** This run with outputs that have been scored by these metrics, by task. */
    public RunInfo scoredBy(Map<String, String> metrics) {
        var other = new LinkedHashMap<>(settings);
        other.put("metrics", metrics);
        return with(other, machines, finished, seconds);
    }

    private RunInfo with(
            Map<String, Object> otherSettings, Map<String, Machine> known, @Nullable String end, double time) {
        return new RunInfo(
                format,
                version,
                commit,
                code,
                identity,
                clock,
                model,
                otherSettings,
                taskVersions,
                machine,
                known,
                started,
                end,
                time,
                starts,
                notes);
    }
}
