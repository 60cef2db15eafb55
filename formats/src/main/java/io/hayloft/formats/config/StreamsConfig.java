package io.hayloft.formats.config;

/**
 * Residual streams beside the one that layers read, and an input that each token has for each layer (Gemma 3n). Before a
 * layer, all streams are predicted from what they were; behind it, all are corrected by what it made of the one that it read
 * (AltUp; Baykal et al., arXiv 2301.13310, section 3). Beside attention runs a product of two small matrices (LAuReL; Menghani
 * et al., arXiv 2411.07501, section 2).
 *
 * @param streams how many there are, that which layers read included
 * @param active number of the stream that layers read
 * @param scaled whether the corrected stream is scaled before it makes the gate of the token's input
 * @param branchRank rank of the product beside attention
 * @param tokenWidth width of a token's input of a layer
 * @param tokenVocabulary tokens that have such inputs; those behind have the inputs of token 0
 */
public record StreamsConfig(
        int streams, int active, boolean scaled, int branchRank, int tokenWidth, int tokenVocabulary) {
    /** Checks the sizes. */
    public StreamsConfig {
        Limits.whole("residual streams", streams, 1, 64);
        Limits.whole("active residual stream", active, 0, streams - 1L);
        Limits.whole("rank of the branch beside attention", branchRank, 1, 1 << 16);
        Limits.whole("inputs of a layer from its token", tokenWidth, 1, 1 << 16);
        Limits.whole("tokens with inputs for layers", tokenVocabulary, 1, 1 << 24);
    }

    /**
     * Numbers in the matrices that one row is multiplied with.
     *
     * @param hidden width of a stream
     */
    public long weights(int hidden, int layers) {
        long ofRouter = (long) streams * hidden + (long) streams * streams * (streams + 1);
        long ofLayer = ofRouter + 2L * hidden * (branchRank + tokenWidth);
        return layers * (ofLayer + (long) hidden * tokenWidth) + 2L * (streams - 1) * hidden * hidden;
    }
}
