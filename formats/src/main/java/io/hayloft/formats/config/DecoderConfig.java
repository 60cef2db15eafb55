package io.hayloft.formats.config;

import io.hayloft.base.UserError;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The shape of a decoder-only language model, with everything in which the supported architectures differ.
 *
 * @param architecture name such as {@code llama} or {@code gemma3}
 * @param hidden width of the residual stream
 * @param context how many tokens fit
 * @param tokens what goes in and out
 * @param norms all norms
 * @param residualScale factor on what a part of a layer adds to the residual stream; 1 for none
 * @param stack the layers, in order
 * @param streams residual streams beside the one that layers read; null in most models
 */
public record DecoderConfig(
        String architecture,
        int hidden,
        Context context,
        Tokens tokens,
        Norms norms,
        double residualScale,
        List<LayerConfig> stack,
        @Nullable StreamsConfig streams) {
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
     * @param positions positions that have an embedding of their own, which is added to the token's; 0 for none
     * @param output how logits are made
     */
    public record Tokens(
            int vocabulary, int bosId, List<Integer> eosIds, double embeddingScale, int positions, Output output) {
        /** Checks ids and factors. */
        public Tokens {
            eosIds = List.copyOf(eosIds);
            Limits.whole("vocabulary", vocabulary, 1, 1 << 24);
            Limits.whole("positions", positions, 0, Integer.MAX_VALUE);
            Limits.number("embedding scale", embeddingScale, 1e-9, 1e9);
            Limits.whole("BOS token", bosId, -1, vocabulary - 1L);
            for (int id : eosIds) {
                Limits.whole("EOS token", id, 0, vocabulary - 1L);
            }
        }

        /** Tokens without embeddings of positions, and logits without scale and bias. */
        public Tokens(
                int vocabulary,
                int bosId,
                List<Integer> eosIds,
                double embeddingScale,
                boolean tiedOutput,
                double softCap) {
            this(vocabulary, bosId, eosIds, embeddingScale, 0, new Output(tiedOutput, false, 1, softCap));
        }

        /** Whether the output weight is the embedding. */
        public boolean tiedOutput() {
            return output.tied();
        }

        /** The soft cap on logits; 0 for none. */
        public double softCap() {
            return output.softCap();
        }
    }

    /**
     * How logits are made: {@code cap(scale * (x weightᵀ + bias))}.
     *
     * @param tied whether the output weight is the embedding
     * @param bias whether there is a bias
     * @param scale factor; 1 for none
     * @param softCap {@code c} in {@code c tanh(x / c)} on logits; 0 for none
     */
    public record Output(boolean tied, boolean bias, double scale, double softCap) {
        /** Checks the factors. */
        public Output {
            Limits.number("final soft cap", softCap, 0, 1e9);
            Limits.number("logit scale", Math.abs(scale), 1e-9, 1e9);
        }
    }

    /**
     * The norms of the residual stream.
     *
     * @param kind what they compute
     * @param epsilon added to the mean square
     * @param plusOne whether norms multiply with weight + 1 (Gemma as safetensors; GGUF files hold the sum)
     * @param placement where in a layer they are
     */
    public record Norms(NormKind kind, double epsilon, boolean plusOne, NormPlacement placement) {
        /** Checks epsilon. */
        public Norms {
            Limits.number("norm epsilon", epsilon, 0, 1);
        }

        /**
         * Root mean square norms.
         *
         * @param post whether the results of attention and feed-forward are normalised before they are added
         */
        public Norms(double epsilon, boolean plusOne, boolean post) {
            this(NormKind.RMS, epsilon, plusOne, post ? NormPlacement.AROUND : NormPlacement.BEFORE);
        }
    }

    /** The formula of a norm. */
    public enum NormKind {
        /** {@code x / sqrt(mean(x²) + ε) * weight}. */
        RMS,
        /** {@code (x - mean(x)) / sqrt(variance(x) + ε) * weight}. */
        LAYER_WITHOUT_BIAS,
        /** {@code (x - mean(x)) / sqrt(variance(x) + ε) * weight + bias}. */
        LAYER
    }

    /** Where the norms of a layer are, and so how its parts follow each other. */
    public enum NormPlacement {
        /** {@code x += attention(norm(x))}, then {@code x += feedForward(norm(x))}. */
        BEFORE,
        /** {@code x += norm(attention(norm(x)))}, then {@code x += norm(feedForward(norm(x)))}. */
        AROUND,
        /** {@code x += norm(attention(x))}, then {@code x += norm(feedForward(x))}. */
        AFTER,
        /** {@code n = norm(x)}, {@code x += attention(n) + feedForward(n)}. */
        PARALLEL,
        /** {@code x += attention(norm1(x)) + feedForward(norm2(x))}. */
        PARALLEL_TWO_NORMS;

        /** Whether attention and feed-forward part read the same residual stream. */
        public boolean parallel() {
            return this == PARALLEL || this == PARALLEL_TWO_NORMS;
        }

        /** Whether a part reads the residual stream through a norm. */
        public boolean before() {
            return this != AFTER;
        }

        /** Whether what a part adds goes through a norm. */
        public boolean after() {
            return this == AROUND || this == AFTER;
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
        Limits.number("residual scale", residualScale, 1e-9, 1e9);
        checkHolders(stack);
        if (tokens.positions() > 0 && context.tokens() > tokens.positions()) {
            throw new UserError("a context of " + context.tokens() + " tokens does not fit a model that has learned "
                    + tokens.positions() + " positions");
        }
    }

    /** A layer that reads the keys and values of another one must find such as its queries need. */
    private static void checkHolders(List<LayerConfig> stack) {
        for (int layer = 0; layer < stack.size(); layer++) {
            if (stack.get(layer).mixer() instanceof AttentionConfig reader && !reader.keepsKv()) {
                int holder = reader.holder(layer);
                boolean fits = holder < layer
                        && stack.get(holder).mixer() instanceof AttentionConfig held
                        && held.reading(holder).equals(reader)
                        && held.keepsKv();
                if (!fits) {
                    throw new UserError("layer " + layer + " cannot read the keys and values of layer " + holder
                            + ": their attention differs");
                }
            }
        }
    }

    /** A model with one residual stream. */
    public DecoderConfig(
            String architecture,
            int hidden,
            Context context,
            Tokens tokens,
            Norms norms,
            double residualScale,
            List<LayerConfig> stack) {
        this(architecture, hidden, context, tokens, norms, residualScale, stack, null);
    }

    /** A model that adds the results of its layers' parts as they are. */
    public DecoderConfig(
            String architecture, int hidden, Context context, Tokens tokens, Norms norms, List<LayerConfig> stack) {
        this(architecture, hidden, context, tokens, norms, 1, stack);
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
            case SharedBlockConfig shared -> Optional.of(shared.attention());
            case LayerConfig.Recurrent recurrent -> Optional.empty();
            case LayerConfig.NoMixer none -> Optional.empty();
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

    /** Channels inside the feed-forward part of a layer, from 0, or of the block that its mixer has; 0 without either. */
    public int innerWidth(int layer) {
        int width = feedForward(layer).width();
        return stack.get(layer).mixer() instanceof SharedBlockConfig shared
                ? Math.max(width, shared.feedForward().width())
                : width;
    }

    /** The feed-forward part of a layer, from 0. */
    public LayerConfig.FeedForwardPart feedForward(int layer) {
        return stack.get(layer).feedForward();
    }

    /** The dense feed-forward part of a layer, from 0; empty in layers with another kind or none. */
    public Optional<LayerConfig.FeedForward> findDense(int layer) {
        return feedForward(layer) instanceof LayerConfig.FeedForward dense ? Optional.of(dense) : Optional.empty();
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
