package io.hayloft.kernels.threads;

import io.hayloft.base.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The processor of each thread of a pool, or none: then the system moves threads as it likes.
 *
 * <p>A thread that stays on its processor stays near the memory that it touched first. So by default threads are pinned only
 * where the system has several memories (NUMA nodes), the process has all the time of the processors that it may use, and there
 * are no more threads than these. Threads are spread evenly over the nodes, to use the bandwidth of all, and over cores before
 * their second hardware threads.
 */
public final class Placement {
    private static final String SWITCH = "HAYLOFT_PIN";
    private static final Path SYSTEM = Path.of("/sys/devices/system");

    /** Processors by worker; empty where threads are not pinned. */
    private final List<Integer> processors;

    private final String note;

    private Placement(List<Integer> processors, String note) {
        this.processors = processors;
        this.note = note;
    }

    /** Why threads are not pinned although the user wants it; empty if they are, or nobody does. */
    public String note() {
        return note;
    }

    /** Returns the placement that {@code HAYLOFT_PIN} asks for: {@code on}, {@code off}, or {@code auto} as described above. */
    public static Placement ofUser(int threads) {
        return of(System.getenv().getOrDefault(SWITCH, ""), threads);
    }

    /**
     * As {@link #ofUser}. For a single thread, the caller's, the system is asked nothing, as that one is never pinned.
     *
     * @param text of the environment variable
     * @param threads of the pool, the caller included
     * @throws UserError if it is none of the words
     */
    public static Placement of(String text, int threads) {
        var none = new Placement(List.of(), "");
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "off" -> none;
            case "on" -> {
                if (threads == 1) {
                    yield none;
                }
                var allowed = Affinity.get();
                if (allowed.cardinality() < threads) {
                    var why = allowed.isEmpty()
                            ? "this system does not allow it"
                            : "there are more of them than the " + allowed.cardinality() + " processors";
                    yield new Placement(List.of(), "note: threads are not pinned: " + why);
                }
                yield new Placement(choose(threads, nodes(SYSTEM, allowed)), "");
            }
            case "", "auto" -> {
                if (threads == 1 || folders(SYSTEM.resolve("node")).size() < 2) {
                    yield none; // most machines: nothing is asked of the system
                }
                var allowed = Affinity.get();
                int available = Runtime.getRuntime().availableProcessors();
                if (allowed.cardinality() < threads || available < allowed.cardinality()) {
                    yield none;
                }
                var nodes = nodes(SYSTEM, allowed);
                yield nodes.size() < 2 ? none : new Placement(choose(threads, nodes), "");
            }
            default -> throw new UserError(SWITCH + "='" + text + "' must be auto, on or off");
        };
    }

    /**
     * Pins the calling thread, a worker that the pool made. The thread that uses a pool is not pinned: all that it starts later
     * would share its processor. The system moves it to the processor that the others leave free.
     */
    public void pin(int worker) {
        if (!processors.isEmpty()) {
            var one = new BitSet();
            one.set(processors.get(worker));
            boolean _ = Affinity.set(one); // a processor that was taken away meanwhile: the thread runs where it can
        }
    }

    /** The processor of each worker, in the order of nodes: workers beside each other share one. */
    static List<Integer> choose(int threads, List<List<Integer>> nodes) {
        var chosen = new ArrayList<Integer>();
        var rest = new ArrayList<Integer>();
        for (int i = 0; i < nodes.size(); i++) {
            int share = threads * (i + 1) / nodes.size() - threads * i / nodes.size();
            var node = nodes.get(i);
            chosen.addAll(node.subList(0, Math.min(share, node.size())));
            rest.addAll(node.subList(Math.min(share, node.size()), node.size()));
        }
        chosen.addAll(rest.subList(0, threads - chosen.size())); // nodes may have different numbers
        return chosen;
    }

    /** Of each node the processors that may be used, the first one of every core before the others. */
    static List<List<Integer>> nodes(Path system, BitSet allowed) {
        var nodes = new ArrayList<List<Integer>>();
        var left = (BitSet) allowed.clone();
        for (var node : folders(system.resolve("node"))) {
            var own = read(node.resolve("cpulist"));
            own.and(left);
            left.andNot(own);
            if (!own.isEmpty()) {
                nodes.add(ordered(system, own));
            }
        }
        if (!left.isEmpty()) {
            nodes.add(ordered(system, left)); // a system that names no nodes
        }
        return nodes;
    }

    private static List<Integer> ordered(Path system, BitSet processors) {
        var places = new HashMap<Integer, Integer>();
        processors.stream().forEach(one -> places.put(one, placeInCore(system, one)));
        return places.keySet().stream()
                .sorted(Comparator.<Integer>comparingInt(places::get).thenComparingInt(one -> one))
                .toList();
    }

    /** How many hardware threads of its core come before a processor. */
    private static int placeInCore(Path system, int processor) {
        var siblings = read(system.resolve("cpu/cpu" + processor + "/topology/thread_siblings_list"));
        return siblings.get(0, processor).cardinality();
    }

    private static List<Path> folders(Path nodes) {
        try (Stream<Path> all = Files.isDirectory(nodes) ? Files.list(nodes) : Stream.empty()) {
            return all.filter(node -> node.getFileName().toString().matches("node\\d+"))
                    .sorted(Comparator.comparingInt(node ->
                            Integer.parseInt(node.getFileName().toString().substring("node".length()))))
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    /** A list such as {@code 0-3,8,10-11}; empty if there is none. */
    private static BitSet read(Path list) {
        var set = new BitSet();
        try {
            for (var range : Files.readString(list).strip().split(",", -1)) {
                if (range.matches("\\d+(-\\d+)?")) {
                    var ends = range.split("-", -1);
                    set.set(Integer.parseInt(ends[0]), Integer.parseInt(ends[ends.length - 1]) + 1);
                }
            }
        } catch (IOException e) {
            return new BitSet();
        }
        return set;
    }
}
