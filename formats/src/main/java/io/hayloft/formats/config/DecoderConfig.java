package io.hayloft.formats.config;

import io.hayloft.base.UserError;
import java.util.List;

/**
 * The shape of a decoder-only transformer with everything in which the supported architectures differ.
 *
 * @param architecture name such as {@code llama} or {@code gemma3}
 * @param layers number of layers
 * @param hidden width of the residual stream
 * @param feedForward width inside the feed-forward layer
 * @param vocabulary rows of the embedding
 * @param contextLength tokens that the model was made for
 * @param queryHeads query heads a layer
 * @param kvHeads key and value heads a layer; divides {@code queryHeads}
 * @param headDim channels of a head
 * @param normEpsilon added to the mean square in every norm
 * @param normPlusOne whether norms multiply with weight + 1 (Gemma as safetensors; GGUF files hold the sum)
 * @param rope rotation in layers that see everything
 * @param slidingRope rotation in layers with a window; equal to {@code rope} except in Gemma 3
 * @param layerKinds one entry a layer
 * @param window tokens that a query of a sliding layer sees, itself included; 0 if no layer slides
 * @param queryScale factor on query-key products
 * @param attentionSoftCap {@code c} in {@code c tanh(x / c)} on scaled query-key products; 0 for none
 * @param finalSoftCap the same on logits
 * @param activation of the feed-forward layer
 * @param embeddingScale factor on embeddings; 1 for none
 * @param queryKeyNorm whether queries and keys of each head are normalised before the rotation
 * @param attentionBias whether queries, keys and values have a bias
 * @param postNorms whether the results of attention and feed-forward are normalised before they are added
 * @param tiedOutput whether the output weight is the embedding
 * @param bosId token that begins a text; -1 for none
 * @param eosIds tokens that end a text or a turn
 */
public record DecoderConfig(
        String architecture,
        int layers,
        int hidden,
        int feedForward,
        int vocabulary,
        int contextLength,
        int queryHeads,
        int kvHeads,
        int headDim,
        double normEpsilon,
        boolean normPlusOne,
        RopeConfig rope,
        RopeConfig slidingRope,
        List<LayerKind> layerKinds,
        int window,
        double queryScale,
        double attentionSoftCap,
        double finalSoftCap,
        Activation activation,
        double embeddingScale,
        boolean queryKeyNorm,
        boolean attentionBias,
        boolean postNorms,
        boolean tiedOutput,
        int bosId,
        List<Integer> eosIds) {

    private static final int WIDEST = 1 << 20;

    /**
     * Checks that the numbers agree with each other and can belong to a model.
     *
     * @throws UserError naming the number that is wrong
     */
    public DecoderConfig {
        layerKinds = List.copyOf(layerKinds);
        eosIds = List.copyOf(eosIds);
        Limits.whole("layers", layers, 1, 1024);
        Limits.whole("hidden size", hidden, 1, WIDEST);
        Limits.whole("feed-forward size", feedForward, 1, WIDEST);
        Limits.whole("vocabulary", vocabulary, 1, 1 << 24);
        Limits.whole("context length", contextLength, 1, Integer.MAX_VALUE);
        Limits.whole("query heads", queryHeads, 1, 4096);
        Limits.whole("KV heads", kvHeads, 1, queryHeads);
        Limits.whole("head size", headDim, 2, 4096);
        Limits.whole("query heads x head size", (long) queryHeads * headDim, 2, WIDEST);
        Limits.number("norm epsilon", normEpsilon, 0, 1);
        Limits.whole("window", window, 0, Integer.MAX_VALUE);
        Limits.number("query scale", queryScale, 1e-9, 1e9);
        Limits.number("attention soft cap", attentionSoftCap, 0, 1e9);
        Limits.number("final soft cap", finalSoftCap, 0, 1e9);
        Limits.number("embedding scale", embeddingScale, 1e-9, 1e9);
        Limits.whole("begin token", bosId, -1, vocabulary - 1L);
        for (int id : eosIds) {
            Limits.whole("end token", id, 0, vocabulary - 1L);
        }
        if (queryHeads % kvHeads != 0) {
            throw new UserError(queryHeads + " query heads cannot share " + kvHeads + " KV heads evenly");
        }
        if (layerKinds.size() != layers) {
            throw new UserError(layerKinds.size() + " layer kinds for " + layers + " layers");
        }
        if (window == 0 && layerKinds.stream().anyMatch(LayerKind::sliding)) {
            throw new UserError("sliding layers need a window of at least 1 token");
        }
        checkRotation(rope, headDim);
        checkRotation(slidingRope, headDim);
    }

    private static void checkRotation(RopeConfig rope, int headDim) {
        if (rope.rotaryDims() > headDim) {
            throw new UserError(rope.rotaryDims() + " rotary channels do not fit heads of " + headDim);
        }
    }

    /** Query heads that share a KV head. */
    public int groupSize() {
        return queryHeads / kvHeads;
    }

    /** Tokens that a query of this layer sees, itself included; 0 if it sees all. */
    public int windowOf(int layer) {
        return layerKinds.get(layer).sliding() ? window : 0;
    }

    /** The rotation of this layer; not to be applied where {@link LayerKind#rotary()} is false. */
    public RopeConfig ropeOf(int layer) {
        return layerKinds.get(layer).sliding() ? slidingRope : rope;
    }
}
