package io.hayloft.bench.record;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What produced the records of a folder: the content of {@code run.json}.
 *
 * @param format {@value #FORMAT}
 * @param code hash of the program's own code, as it was at the last start
 * @param identity hash of all settings that results depend on; a folder holds one run
 * @param model the model
 * @param settings the settings that results depend on, by name
 * @param taskVersions version of each task
 * @param machine where it ran
 * @param started when the run was first started, ISO 8601
 * @param finished when its last sample was done; null before that
 * @param seconds time spent running, over all starts that came to the end
 * @param starts how often it was started
 * @param notes what a reader should know, such as a missing chat format
 */
public record RunInfo(
        String format,
        String code,
        String identity,
        Model model,
        Map<String, Object> settings,
        Map<String, String> taskVersions,
        Machine machine,
        String started,
        @Nullable String finished,
        double seconds,
        int starts,
        List<String> notes) {
    /** The first field of every file of this kind. */
    public static final String FORMAT = "hayloft-run/2";

    /**
     * The model of a run.
     *
     * @param name as in the records
     * @param hash SHA-256 of its files
     * @param architecture such as {@code llama}
     * @param embedded whether it is the instrument that comes with Hayloft
     * @param contextLength most tokens it can see
     * @param weightBytes bytes of its packed weights
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
     * @param cpu its name as the system tells it
     * @param cores processors that the JVM may use
     * @param memoryBytes memory of the machine
     * @param vectorBits width of the vectors that the kernels use
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
        notes = List.copyOf(notes);
    }

    /** This start of a run as the continuation of an earlier one. */
    RunInfo continuing(RunInfo before) {
        var all = new LinkedHashSet<>(before.notes());
        all.addAll(notes);
        if (!before.machine().equals(machine)) {
            all.add("started again on another machine or with other threads: times are of both");
        }
        if (!before.code().equals(code)) {
            all.add("started again with other code of Hayloft (" + code + ", before " + before.code()
                    + "): records may be of both");
        }
        return new RunInfo(
                format,
                code,
                identity,
                model,
                settings,
                taskVersions,
                machine,
                before.started(),
                before.finished(),
                before.seconds(),
                before.starts() + 1,
                List.copyOf(all));
    }

    /** This run when its last sample is done. */
    RunInfo finishedAt(String time, double secondsMore) {
        return new RunInfo(
                format,
                code,
                identity,
                model,
                settings,
                taskVersions,
                machine,
                started,
                time,
                seconds + secondsMore,
                starts,
                notes);
    }
}
