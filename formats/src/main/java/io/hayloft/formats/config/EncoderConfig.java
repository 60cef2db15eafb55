package io.hayloft.formats.config;

import io.hayloft.base.UserError;

/**
 * The shape of an encoder.
 *
 * @param family which model it is
 * @param layers number of layers
 * @param hidden size of a token's vector
 * @param heads attention heads; they divide {@code hidden}
 * @param feedForward inner size of the feed-forward part
 * @param vocabulary rows of the word embedding
 * @param positions rows of the position embedding
 * @param types rows of the token type embedding; every token has type 0
 * @param normEpsilon added to the variance in norms
 * @param padId id of the padding token
 */
public record EncoderConfig(
        EncoderFamily family,
        int layers,
        int hidden,
        int heads,
        int feedForward,
        int vocabulary,
        int positions,
        int types,
        double normEpsilon,
        int padId) {
    private static final int MOST_LAYERS = 1000;

    /** Checks that the sizes fit each other. */
    public EncoderConfig {
        if (heads < 1 || hidden < heads || hidden % heads != 0) {
            throw new UserError("hidden_size " + hidden + " is not a multiple of num_attention_heads " + heads);
        }
        if (layers < 1 || layers > MOST_LAYERS) {
            throw new UserError("num_hidden_layers " + layers + " is out of range");
        }
        if (feedForward < 1 || vocabulary < 1 || types < 1 || !(normEpsilon >= 0)) {
            throw new UserError("a size of the encoder is not positive");
        }
        if (padId < 0 || padId >= vocabulary) {
            throw new UserError("pad_token_id " + padId + " is outside the vocabulary of " + vocabulary);
        }
        if (positions <= firstPosition(family, padId)) {
            throw new UserError("max_position_embeddings " + positions + " leaves no place for a token");
        }
    }

    private static int firstPosition(EncoderFamily family, int padId) {
        return family == EncoderFamily.XLM_ROBERTA ? padId + 1 : 0;
    }

    /** Position of the first token: XLM-RoBERTa counts from behind its padding id. */
    public int firstPosition() {
        return firstPosition(family, padId);
    }

    /** Longest sequence that has positions. */
    public int maxTokens() {
        return positions - firstPosition();
    }

    /** Size of a head's vectors. */
    public int headDim() {
        return hidden / heads;
    }
}
