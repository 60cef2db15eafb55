package io.hayloft.engine.generation;

import io.hayloft.engine.model.DecodeRows;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.kv.attention.StepTimes;
import io.hayloft.kv.cache.SequenceCache;
import java.util.ArrayList;
import java.util.List;

/**
 * Sequences that decode together: every step reads the weights once for all of them. Their prompts may differ, and
 * sequences may join and leave between any two steps; each gets the same tokens, to the bit, as if it ran alone.
 *
 * <p>One thread at a time may call. The batch owns no sequence: whoever made one closes it.
 */
public final class DecodeBatch {
    private final LanguageModel model;
    private final List<Sequence> sequences = new ArrayList<>();
    private float[] logits = {};

    /** A batch without sequences. */
    public DecodeBatch(LanguageModel model) {
        this.model = model;
    }

    /** Adds a sequence, which has a token to read: unread ones of its prompt, or one that was chosen. */
    public void join(Sequence sequence) {
        sequences.add(sequence);
    }

    /** Takes a sequence out, which may go on later, here or elsewhere. */
    public void leave(Sequence sequence) {
        sequences.remove(sequence);
    }

    /** Sequences that the next step will run. */
    public int rows() {
        return sequences.size();
    }

    /**
     * Reads one token of each sequence and chooses the next ones; cancelled sequences end instead.
     *
     * @return the sequences that ended, which have left the batch
     */
    public List<Sequence> step() {
        var ended = new ArrayList<Sequence>();
        leaveIfEnded(ended);
        if (!sequences.isEmpty()) {
            run();
            leaveIfEnded(ended);
        }
        return ended;
    }

    private void leaveIfEnded(List<Sequence> ended) {
        var each = sequences.iterator();
        while (each.hasNext()) {
            var sequence = each.next();
            if (sequence.endIfCancelled()) {
                each.remove();
                ended.add(sequence);
            }
        }
    }

    private void run() {
        int rows = sequences.size();
        var tokens = new int[rows];
        var caches = new SequenceCache[rows];
        var promptLengths = new int[rows];
        boolean chooses = false;
        for (int row = 0; row < rows; row++) {
            var sequence = sequences.get(row);
            tokens[row] = sequence.nextToken();
            caches[row] = sequence.cache();
            promptLengths[row] = sequence.promptLength();
            chooses |= sequence.choosesNext();
        }
        int vocabulary = model.config().vocabulary();
        if (chooses && logits.length < Math.multiplyExact(rows, vocabulary)) {
            logits = new float[rows * vocabulary];
        }
        var clock = new StepClock(rows);
        var batch = new DecodeRows(tokens, caches, promptLengths);
        model.decoder().step(batch, chooses ? logits : null, clock);
        double shared = clock.sharedSeconds();
        for (int row = 0; row < rows; row++) {
            var sequence = sequences.get(row);
            boolean choosesNow = sequence.choosesNext();
            sequence.stepDone(clock.ownSeconds(row), shared, rows);
            if (choosesNow) {
                sequence.choose(logits, row * vocabulary);
            }
        }
    }

    /** Splits the wall time of a step into what each sequence needed for itself and the rest, the work on the weights. */
    static final class StepClock implements StepTimes {
        private final long start;
        private final long[] own;

        /** Starts the clock. */
        StepClock(int rows) {
            own = new long[rows];
            start = System.nanoTime();
        }

        @Override
        public void add(int row, long nanos) {
            own[row] += nanos;
        }

        /** Seconds that a sequence needed for itself. */
        double ownSeconds(int row) {
            return own[row] * 1e-9;
        }

        /** Seconds since the start that all sequences needed together. */
        double sharedSeconds() {
            return sharedSeconds(System.nanoTime() - start);
        }

        /** The same of a step that took so many nanoseconds. */
        double sharedSeconds(long nanos) {
            long rest = nanos;
            for (long part : own) {
                rest -= part;
            }
            return Math.max(0, rest) * 1e-9;
        }
    }
}
