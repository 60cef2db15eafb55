package io.hayloft.formats.config;

import io.hayloft.base.UserError;

/**
 * Sizes of multi-head latent attention (DeepSeek-AI, "DeepSeek-V2", arXiv 2405.04434, section 2.1): keys and values of all
 * heads are made of one short vector a token, the latent, beside one key that rotates.
 *
 * @param queryRank width of the vector that queries are made of; 0 where they are made of the row itself
 * @param rank width of the latent
 * @param nopeDim channels of a head's queries and keys that do not rotate
 * @param ropeDim channels that rotate; heads share those of the key
 * @param valueDim channels of a head's values
 */
public record LatentAttention(int queryRank, int rank, int nopeDim, int ropeDim, int valueDim) {
    /** Checks the sizes. */
    public LatentAttention {
        Limits.whole("rank of the queries", queryRank, 0, 1 << 16);
        Limits.whole("rank of keys and values", rank, 1, 4000);
        Limits.whole("channels without rotation", nopeDim, 1, 4096);
        Limits.whole("rotary channels", ropeDim, 2, 96);
        Limits.whole("channels of values", valueDim, 1, 4096);
        if (ropeDim % 2 != 0) {
            throw new UserError(ropeDim + " rotary channels do not form pairs");
        }
    }

    /** Channels of a head's query, as projections make it. */
    public int queryDim() {
        return nopeDim + ropeDim;
    }

    /** Channels that are kept of a token: the rotating key and the latent. */
    public int cachedDim() {
        return ropeDim + rank;
    }

    /**
     * Numbers in the matrices.
     *
     * @param hidden width of the residual stream
     */
    long weights(int hidden, int heads) {
        long queries = (long) heads * queryDim();
        long ofQueries = queryRank == 0 ? queries * hidden : (hidden + queries) * queryRank;
        return ofQueries
                + (long) hidden * cachedDim()
                + (long) heads * (nopeDim + valueDim) * rank
                + (long) hidden * heads * valueDim;
    }
}
