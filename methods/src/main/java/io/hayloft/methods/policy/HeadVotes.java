package io.hayloft.methods.policy;

import io.hayloft.kv.cache.LayerCache;
import io.hayloft.kv.cache.StepAttention;
import io.hayloft.methods.LayerScores;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/** The choices of the query heads of one KV head, slot by slot: the attention each gave, and the tokens each will use. */
final class HeadVotes {
    private final float[][] scores; // [query head of the group][slots]
    private final boolean[][] seen; // likewise; tokens behind them are seen
    private int slots;

    HeadVotes(int group) {
        scores = new float[group][64];
        seen = new boolean[group][64];
    }

    int group() {
        return scores.length;
    }

    private void grow(int count) {
        for (int member = 0; member < group() && scores[member].length < count; member++) {
            scores[member] = Arrays.copyOf(scores[member], count + count / 8);
            seen[member] = Arrays.copyOf(seen[member], scores[member].length);
        }
        for (var own : scores) {
            Arrays.fill(own, slots, count, 0);
        }
        slots = count;
    }

    /** Takes the accumulated attention of a prompt [queryHeads][tokens]. */
    void load(float[] attention, int kvHead, int tokens) {
        grow(tokens);
        for (int member = 0; member < group(); member++) {
            System.arraycopy(attention, (kvHead * group() + member) * tokens, scores[member], 0, tokens);
        }
    }

    /** Adds the attention of a step. */
    void add(StepAttention attention, int kvHead) {
        grow(attention.length(kvHead));
        for (int member = 0; member < group(); member++) {
            for (int slot = 0; slot < slots; slot++) {
                scores[member][slot] += attention.probability(kvHead * group() + member, slot);
            }
        }
    }

    /**
     * Chooses the tokens that the next step sees.
     *
     * @param position position of a slot
     * @param next position of the next token
     * @param half how many of the newest tokens are seen beside the next one, and as many of those before them, by their
     *     attention
     */
    void choose(IntUnaryOperator position, int next, int half) {
        boolean all = next <= 2 * half;
        var candidates = new float[slots];
        for (int member = 0; member < group(); member++) {
            int selectable = 0;
            for (int slot = 0; slot < slots; slot++) {
                int at = position.applyAsInt(slot);
                seen[member][slot] = all || at >= next - half;
                candidates[slot] = at < next - half ? scores[member][slot] : -1;
                selectable += at < next - half ? 1 : 0;
            }
            if (all) {
                continue;
            }
            for (int slot : LayerScores.highest(candidates, Math.min(half, selectable))) {
                seen[member][slot] = true;
            }
            for (int slot = 0; slot < slots; slot++) {
                if (!seen[member][slot]) {
                    scores[member][slot] = 0;
                }
            }
        }
    }

    private boolean seenByAny(int slot) {
        for (var own : seen) {
            if (own[slot]) {
                return true;
            }
        }
        return false;
    }

    /** Forgets the tokens that no query head chose, for a cache whose slots will be packed; returns those that stay. */
    int[] retain() {
        var kept = IntStream.range(0, slots).filter(this::seenByAny).toArray();
        for (int i = 0; i < kept.length; i++) {
            move(kept[i], i);
        }
        slots = kept.length;
        return kept;
    }

    /** Drops the tokens that no query head chose from a cache. */
    void evict(LayerCache cache, int kvHead) {
        int count = 0;
        for (int slot = 0; slot < slots; slot++) {
            count += seenByAny(slot) ? 0 : 1;
        }
        if (count == 0) {
            return;
        }
        var dropped = new int[count];
        for (int slot = slots - 1; slot >= 0; slot--) {
            if (!seenByAny(slot)) {
                dropped[--count] = slot;
                move(--slots, slot);
            }
        }
        cache.evict(kvHead, dropped);
    }

    private void move(int from, int to) {
        for (int member = 0; member < group(); member++) {
            scores[member][to] = scores[member][from];
            seen[member][to] = seen[member][from];
        }
    }

    /** Hides from a query head the tokens that it did not choose. */
    void hide(int member, int slot, int count, float[] target, int at) {
        int known = Math.min(count, slots - slot);
        for (int i = 0; i < known; i++) {
            if (!seen[member][slot + i]) {
                target[at + i] = Float.NEGATIVE_INFINITY;
            }
        }
    }

    /** Attention that a query head of the group gave to a slot so far, 0 where it is forgotten. */
    float score(int member, int slot) {
        return scores[member][slot];
    }

    /** Bytes of scores and choices, room for new tokens included. */
    long bytes() {
        return (long) (Float.BYTES + 1) * group() * scores[0].length;
    }

    HeadVotes copy() {
        var copy = new HeadVotes(group());
        copy.slots = slots;
        for (int member = 0; member < group(); member++) {
            copy.scores[member] = scores[member].clone();
            copy.seen[member] = seen[member].clone();
        }
        return copy;
    }
}
