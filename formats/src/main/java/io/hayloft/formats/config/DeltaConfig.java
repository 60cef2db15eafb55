package io.hayloft.formats.config;

import io.hayloft.base.UserError;

/**
 * A mixer with the gated delta rule: heads whose state, a matrix from keys to values, decays and corrects what it returns for
 * the newest key (Yang, Kautz and Hatamizadeh, "Gated Delta Networks", arXiv 2412.06464; Qwen3-Next).
 *
 * @param heads heads of the values, each with a state
 * @param keyHeads heads of queries and keys; divides {@code heads}
 * @param keyDim channels of a query or key
 * @param valueDim channels of a value
 * @param convolution tokens that the convolution sees, the newest included
 */
public record DeltaConfig(int heads, int keyHeads, int keyDim, int valueDim, int convolution)
        implements LayerConfig.Recurrent {
    /** Checks the sizes. */
    public DeltaConfig {
        Limits.whole("value heads", heads, 1, 1 << 16);
        Limits.whole("key heads", keyHeads, 1, heads);
        Limits.whole("key size", keyDim, 1, 4096);
        Limits.whole("value size", valueDim, 1, 4096);
        Limits.whole("convolution", convolution, 2, 64);
        if (heads % keyHeads != 0) {
            throw new UserError(heads + " value heads cannot share " + keyHeads + " key heads evenly");
        }
        long channels = 2L * keyHeads * keyDim + 2L * heads * valueDim;
        Limits.whole("rows of the input projection", channels, 1, 1 << 24);
        long state = (convolution - 1) * channels + (long) heads * keyDim * valueDim;
        Limits.whole("numbers of a layer's state", state, 1, Integer.MAX_VALUE);
    }

    /** Channels of the queries of a row, and of the keys. */
    public int keyWidth() {
        return keyHeads * keyDim;
    }

    /** Channels of the values of a row, and of their gates. */
    public int valueWidth() {
        return heads * valueDim;
    }

    /** Channels of the convolution: queries, keys, values. */
    public int convolutionChannels() {
        return 2 * keyWidth() + valueWidth();
    }

    /** Rows of the input projection: queries, keys, values, gates. */
    public int projectionWidth() {
        return convolutionChannels() + valueWidth();
    }

    /** {@code convolution - 1} rows of the convolution's inputs, then [heads][keyDim][valueDim]. */
    @Override
    public int stateFloats() {
        return (convolution - 1) * convolutionChannels() + keyDim * valueWidth();
    }

    @Override
    public long weights(int hidden) {
        return (long) hidden * (projectionWidth() + 2 * heads + valueWidth());
    }
}
