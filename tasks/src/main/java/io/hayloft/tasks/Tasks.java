package io.hayloft.tasks;

import java.util.List;

/** Every task by name. */
public final class Tasks {
    private Tasks() {}

    /** The task of this name. */
    public static Task named(String name) {
        throw new UnsupportedOperationException(name);
    }

    /** Tasks of a comma-separated list of task names and group names ({@code mini}, {@code longbench}, {@code needle}). */
    public static List<Task> parse(String list) {
        throw new UnsupportedOperationException(list);
    }

    /** Every task. */
    public static List<Task> all() {
        return List.of();
    }

    /** The seven generated tasks that the embedded model can do. */
    public static List<Task> miniSuite() {
        return List.of();
    }

    /** The pass-key needle for real models. */
    public static Task needle() {
        throw new UnsupportedOperationException();
    }

    /** The LongBench tasks. */
    public static List<Task> longBench() {
        return List.of();
    }
}
