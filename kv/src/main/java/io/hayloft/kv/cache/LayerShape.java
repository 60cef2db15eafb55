package io.hayloft.kv.cache;

/** The size of one layer's {@link LayerState}. */
public sealed interface LayerShape {
    /** An empty state of this shape; the caller closes it. */
    LayerState create(KvCodec codec, int reserveTokens, boolean keepAll);

    /**
     * Bytes of a state of this shape, without the unused rest of blocks.
     *
     * @param kept tokens that the layer holds if its queries see all of them
     * @param seen tokens that went in, of which a sliding layer holds its window
     */
    long bytes(int kept, int seen, KvCodec codec);

    /**
     * Keys and values of an attention layer.
     *
     * @param kvHeads key and value heads
     * @param headDim channels of a head
     * @param window tokens that a query sees, itself included; 0 for all
     * @param keyed whether the values are the keys, which are kept once for both (latent attention)
     */
    record KvShape(int kvHeads, int headDim, int window, boolean keyed) implements LayerShape {
        /** Checks the sizes. */
        public KvShape {
            if (kvHeads < 1 || headDim < 1 || window < 0) {
                throw new IllegalArgumentException(
                        kvHeads + " KV heads of " + headDim + " channels with a window of " + window);
            }
        }

        /** Keys and values each by themselves. */
        public KvShape(int kvHeads, int headDim, int window) {
            this(kvHeads, headDim, window, false);
        }

        /** Floats of the keys of one token, and of its values. */
        public int rowSize() {
            return kvHeads * headDim;
        }

        @Override
        public LayerCache create(KvCodec codec, int reserveTokens, boolean keepAll) {
            return new LayerCache(this, codec, reserveTokens, keepAll);
        }

        @Override
        public long bytes(int kept, int seen, KvCodec codec) {
            int tokens = window == 0 ? kept : Math.min(seen, window);
            return keyed ? codec.keyBits(headDim, tokens) * kvHeads / Byte.SIZE : codec.bytes(kvHeads, headDim, tokens);
        }
    }

    /**
     * The constant state of a recurrent layer.
     *
     * @param floats numbers in it
     */
    record RecurrentShape(int floats) implements LayerShape {
        /** Nothing. */
        static final RecurrentShape EMPTY = new RecurrentShape(0);

        /** Checks the size. */
        public RecurrentShape {
            if (floats < 0) {
                throw new IllegalArgumentException("a state of " + floats + " numbers");
            }
        }

        @Override
        public RecurrentState create(KvCodec codec, int reserveTokens, boolean keepAll) {
            return new RecurrentState(floats);
        }

        @Override
        public long bytes(int kept, int seen, KvCodec codec) {
            return (long) Float.BYTES * floats;
        }
    }
}
