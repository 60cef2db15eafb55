package io.hayloft.formats.config;

import io.hayloft.base.UserError;
import java.util.List;
import java.util.Optional;

/**
 * The shape of a decoder-only language model, with everything in which the supported architectures differ.
 *
 * @param architecture name such as {@code llama} or {@code gemma3}
 * @param hidden width of the residual stream
 * @param context how many tokens fit
 * @param tokens what goes in and out
 * @param norms all norms
 * @param stack the layers, in order
 */
public record DecoderConfig(
        String architecture, int hidden, Context context, Tokens tokens, Norms norms, List<LayerConfig> stack) {
    /**
     * Lengths in tokens.
     *
     * @param tokens what counts: {@code scaled}, unless the user asked for another length
     * @param scaled what the model was made for, the scaling of its rotation counted in
     * @param stated what the model's file states; smaller than {@code scaled} where it leaves the scaling out
     */
    public record Context(int tokens, int scaled, int stated) {
        /** Checks that there is room for a token. */
        public Context {
            Limits.whole("context length", tokens, 1, Integer.MAX_VALUE);
            Limits.whole("context length", scaled, 1, Integer.MAX_VALUE);
            Limits.whole("context length", stated, 1, Integer.MAX_VALUE);
        }

        /**
         * The lengths of a model.
         *
         * @param asked what the user wants; 0 for what the model was made for
         */
        public static Context of(int stated, RopeConfig.Scaling scaling, int asked) {
            int scaled = (int) Math.min(scaling.contextLength(stated), Integer.MAX_VALUE);
            return new Context(asked > 0 ? asked : scaled, scaled, stated);
        }
    }

    /**
     * Tokens, their embedding and the output over them.
     *
     * @param vocabulary rows of the embedding
     * @param bosId token that begins a text; -1 for none
     * @param eosIds tokens that end a text or a turn
     * @param embeddingScale factor on embeddings; 1 for none
     * @param tiedOutput whether the output weight is the embedding
     * @param softCap {@code c} in {@code c tanh(x / c)} on logits; 0 for none
     * @param outputFactor factor on logits; 1 for none
     */
    public record Tokens(
            int vocabulary,
            int bosId,
            List<Integer> eosIds,
            double embeddingScale,
            boolean tiedOutput,
            double softCap,
            double outputFactor) {
        /** Without a factor on logits. */
        public Tokens(
                int vocabulary,
                int bosId,
                List<Integer> eosIds,
                double embeddingScale,
                boolean tiedOutput,
                double softCap) {
            this(vocabulary, bosId, eosIds, embeddingScale, tiedOutput, softCap, 1);
        }

        /** Checks ids and factors. */
        public Tokens {
            eosIds = List.copyOf(eosIds);
            Limits.whole("vocabulary", vocabulary, 1, 1 << 24);
            Limits.number("final soft cap", softCap, 0, 1e9);
            Limits.number("embedding scale", embeddingScale, 1e-9, 1e9);
            Limits.number("logits factor", Math.abs(outputFactor), 1e-9, 1e9);
            Limits.whole("BOS token", bosId, -1, vocabulary - 1L);
            for (int id : eosIds) {
                Limits.whole("EOS token", id, 0, vocabulary - 1L);
            }
        }
    }

    /**
     * Root mean square norms.
     *
     * @param epsilon added to the mean square
     * @param plusOne whether norms multiply with weight + 1 (Gemma as safetensors; GGUF files hold the sum)
     * @param post whether the results of attention and feed-forward are normalised before they are added
     */
    public record Norms(double epsilon, boolean plusOne, boolean post) {
        /** Checks epsilon. */
        public Norms {
            Limits.number("norm epsilon", epsilon, 0, 1);
        }
    }

    /**
     * Checks that the numbers can belong to a model.
     *
     * @throws UserError naming the number that is wrong
     */
    public DecoderConfig {
        stack = List.copyOf(stack);
        Limits.whole("layers", stack.size(), 1, 1024);
        Limits.whole("hidden size", hidden, 1, 1 << 20);
    }

    /** Tokens that fit: {@link Context#tokens}. */
    public int contextLength() {
        return context.tokens();
    }

    /** Number of layers. */
    public int layers() {
        return stack.size();
    }

    /**
     * The attention of a layer, from 0.
     *
     * @throws IllegalArgumentException if the layer has none
     */
    public AttentionConfig attention(int layer) {
        return findAttention(layer)
                .orElseThrow(() -> new IllegalArgumentException("layer " + layer + " has no attention"));
    }

    /** The attention of a layer, from 0; empty in layers that are recurrent only. */
    public Optional<AttentionConfig> findAttention(int layer) {
        return switch (stack.get(layer).mixer()) {
            case AttentionConfig attention -> Optional.of(attention);
            case ParallelMixers parallel -> Optional.of(parallel.attention());
            case LayerConfig.Recurrent recurrent -> Optional.empty();
        };
    }

    /** The attention of the first layer that has one; empty if the model is recurrent only. */
    public Optional<AttentionConfig> firstAttention() {
        for (int layer = 0; layer < layers(); layer++) {
            var attention = findAttention(layer);
            if (attention.isPresent()) {
                return attention;
            }
        }
        return Optional.empty();
    }

    /** The feed-forward part of a layer, from 0. */
    public LayerConfig.FeedForwardPart feedForward(int layer) {
        return stack.get(layer).feedForward();
    }

    /** Number of tokens that the model knows. */
    public int vocabulary() {
        return tokens.vocabulary();
    }

    /** Token that begins a text; -1 for none. */
    public int bosId() {
        return tokens.bosId();
    }

    /** Tokens that end a text or a turn. */
    public List<Integer> eosIds() {
        return tokens.eosIds();
    }
}
