package io.hayloft.kv.cache;

/**
 * The state of a recurrent layer, whose size does not depend on the number of tokens seen. Its mixer overwrites it token
 * by token, so that it cannot go back to an earlier token.
 */
public final class RecurrentState implements LayerState {
    private final float[] values;

    /** Zeros: the state before the first token. */
    public RecurrentState(int floats) {
        this(new float[floats]);
    }

    private RecurrentState(float[] values) {
        this.values = values;
    }

    /** The state itself, in whatever order its mixer wants; read and overwritten in place. */
    public float[] values() {
        return values;
    }

    @Override
    public RecurrentState fork() {
        return new RecurrentState(values.clone());
    }

    @Override
    public long bytes() {
        return (long) Float.BYTES * values.length;
    }

    @Override
    public void advance(int nextPosition) {
        // the mixer has written all there is
    }

    @Override
    public void close() {
        // lies on the Java heap
    }
}
