package io.hayloft.formats.config;

import java.util.Locale;

/** The place of a weight in a decoder. Shapes are {@code [rows][columns]}; vectors are {@code [1][n]}. */
public enum Role {
    /** {@code [vocabulary][hidden]}, once a model. */
    EMBEDDING(true),
    /** {@code [vocabulary][hidden]}, once a model; the embedding where both are tied. */
    OUTPUT(true),
    /** {@code [positions][hidden]}, once a model: added to the embeddings of tokens. */
    POSITION_EMBEDDING(true),
    /** {@code [1][vocabulary]}, once a model. */
    OUTPUT_BIAS(true),
    /** {@code [1][hidden]}, once a model. */
    FINAL_NORM(true),
    /** {@code [1][hidden]}, once a model. */
    FINAL_NORM_BIAS(true),
    /** {@code [1][hidden]}: before attention. */
    ATTENTION_NORM(false),
    /** {@code [1][hidden]}. */
    ATTENTION_NORM_BIAS(false),
    /** {@code [queryHeads * headDim][hidden]}. */
    QUERY(false),
    /** {@code [kvHeads * headDim][hidden]}. */
    KEY(false),
    /** {@code [kvHeads * headDim][hidden]}. */
    VALUE(false),
    /** {@code [hidden][queryHeads * headDim]}. */
    ATTENTION_OUTPUT(false),
    /** {@code [1][queryHeads * headDim]}. */
    QUERY_BIAS(false),
    /** {@code [1][kvHeads * headDim]}. */
    KEY_BIAS(false),
    /** {@code [1][kvHeads * headDim]}. */
    VALUE_BIAS(false),
    /** {@code [1][hidden]}. */
    ATTENTION_OUTPUT_BIAS(false),
    /** {@code [1][headDim]}, or {@code [1][queryHeads * headDim]}: on query heads, before the rotation. */
    QUERY_NORM(false),
    /** {@code [1][headDim]}, or {@code [1][kvHeads * headDim]}: on key heads, before the rotation. */
    KEY_NORM(false),
    /** {@code [queryHeads * headDim][hidden]}: goes through a sigmoid, then is multiplied with the heads' results. */
    ATTENTION_GATE(false),
    /** {@code [1][queryHeads]}: one more logit of each head's softmax, which has no value. */
    ATTENTION_SINKS(false),
    /** {@code [queryRank][hidden]}: makes the vector that queries are made of. Latent attention only, as the next ones. */
    LATENT_QUERY_DOWN(false),
    /** {@code [1][queryRank]}: on that vector. */
    LATENT_QUERY_NORM(false),
    /** {@code [queryHeads * queryDim][queryRank or hidden]}: a head's rotating channels lie last. */
    LATENT_QUERY(false),
    /** {@code [rank + ropeDim][hidden]}: latent, rotating key. */
    LATENT_DOWN(false),
    /** {@code [1][rank]}: on the latent. */
    LATENT_NORM(false),
    /** {@code [rank][nopeDim]} of one head: brings its queries to the space of latents. */
    LATENT_KEYS(false),
    /** {@code [valueDim][rank]} of one head: makes its values. */
    LATENT_VALUES(false),
    /** {@code [1][hidden]}: on the result of attention, before it is added. */
    POST_ATTENTION_NORM(false),
    /** {@code [1][hidden]}: before the feed-forward layer. */
    FEED_FORWARD_NORM(false),
    /** {@code [1][hidden]}. */
    FEED_FORWARD_NORM_BIAS(false),
    /** {@code [feedForward][hidden]}: goes through the activation. */
    GATE(false),
    /** {@code [feedForward][hidden]}: multiplied with the gate. */
    UP(false),
    /** {@code [hidden][feedForward]}. */
    DOWN(false),
    /** {@code [1][feedForward]}. */
    GATE_BIAS(false),
    /** {@code [1][feedForward]}. */
    UP_BIAS(false),
    /** {@code [1][hidden]}. */
    DOWN_BIAS(false),
    /** {@code [1][hidden]}: on the result of the feed-forward layer, before it is added. */
    POST_FEED_FORWARD_NORM(false),

    // Transformer blocks that layers share (Zamba2); their other matrices have the roles of other models.
    /** {@code [1][2 * hidden]}: before attention, on the residual stream and the embedding. */
    BLOCK_NORM(false),
    /** {@code [rank][hidden]}: first matrix of what is added to gate and up. */
    ADAPTER_DOWN(false),
    /** {@code [feedForward][rank]}. */
    ADAPTER_GATE(false),
    /** {@code [feedForward][rank]}. */
    ADAPTER_UP(false),
    /** {@code [hidden][hidden]}: on the result of the block. */
    BLOCK_OUT(false),

    // Residual streams beside the one that layers read (Gemma 3n). Sizes are those of StreamsConfig.
    /** {@code [hidden][hidden]} of each other stream, once a model: makes it of embeddings. */
    STREAM_IN(true),
    /** {@code [hidden][hidden]} of each other stream, once a model: its part in the output. */
    STREAM_OUT(true),
    /** {@code [tokenVocabulary][layers * tokenWidth]}, once a model: the input that a token has for each layer. */
    TOKEN_EMBEDDING(true),
    /** {@code [layers * tokenWidth][hidden]}, once a model: what the token's embedding adds to it. */
    TOKEN_PROJECTION(true),
    /** {@code [1][tokenWidth]}, once a model: on what the embedding adds, layer by layer. */
    TOKEN_PROJECTION_NORM(true),
    /** {@code [streams][hidden]}: weighs the streams by the one that is read. */
    STREAM_ROUTER(false),
    /** {@code [1][hidden]}: on what the router reads. */
    STREAM_ROUTER_NORM(false),
    /** {@code [streams * streams][streams]}: how much of each stream goes into the prediction of each, by the router. */
    STREAM_PREDICTION(false),
    /** {@code [streams][streams]}: how much each stream is corrected, by the router. */
    STREAM_CORRECTION(false),
    /** {@code [1][hidden]}: on the corrected stream. */
    STREAM_SCALE(false),
    /** {@code [tokenWidth][hidden]}: makes the gate of the token's input. */
    TOKEN_GATE(false),
    /** {@code [hidden][tokenWidth]}. */
    TOKEN_OUT(false),
    /** {@code [1][hidden]}: on the result. */
    TOKEN_NORM(false),
    /** {@code [branchRank][hidden]}: the branch beside attention. */
    BRANCH_DOWN(false),
    /** {@code [hidden][branchRank]}. */
    BRANCH_UP(false),
    /** {@code [1][hidden]}: on its result. */
    BRANCH_NORM(false),

    // Mamba-1 and Mamba-2. Sizes are those of MambaConfig and Mamba2Config.
    /** Mamba-1 {@code [2 * channels][hidden]}: inputs, gate. Mamba-2 {@code [projectionWidth][hidden]}. */
    SSM_IN(false),
    /** {@code [convolutionChannels][convolution]}, the newest token last. */
    SSM_CONVOLUTION(false),
    /** {@code [1][convolutionChannels]}. */
    SSM_CONVOLUTION_BIAS(false),
    /** {@code [stepRank + 2 * stateSize][channels]}: step size, B, C. Mamba-1 only. */
    SSM_PARAMETERS(false),
    /** {@code [channels][stepRank]}. Mamba-1 only. */
    SSM_STEP(false),
    /** Mamba-1 {@code [1][channels]}, Mamba-2 {@code [1][heads]}. */
    SSM_STEP_BIAS(false),
    /** The negative decay {@code A}. Mamba-1 {@code [channels][stateSize]}, Mamba-2 {@code [1][heads]}. */
    SSM_A(false),
    /** The factor of the input that goes past the state. Mamba-1 {@code [1][channels]}, Mamba-2 {@code [1][heads]}. */
    SSM_D(false),
    /** {@code [1][stepRank]}: on the low-rank step size (Jamba). */
    SSM_STEP_NORM(false),
    /** {@code [1][stateSize]}: on B (Jamba). */
    SSM_B_NORM(false),
    /** {@code [1][stateSize]}: on C (Jamba). */
    SSM_C_NORM(false),
    /** {@code [1][channels]}: on the gated result (Mamba-2). */
    SSM_NORM(false),
    /** {@code [hidden][channels]}. */
    SSM_OUT(false),
    /** {@code [2 * heads][hidden]}: how much of a value is taken, then the step sizes. Gated delta rule only. */
    SSM_RATES(false),

    // Mixtures of experts.
    /** {@code [experts][hidden]}. */
    ROUTER(false),
    /** {@code [feedForward][hidden]} of one expert. */
    EXPERT_GATE(false),
    /** {@code [feedForward][hidden]} of one expert. */
    EXPERT_UP(false),
    /** {@code [hidden][feedForward]} of one expert. */
    EXPERT_DOWN(false),
    /** {@code [1][experts]}: on the router's logits. */
    ROUTER_BIAS(false),
    /** {@code [1][experts]}: added to the scores by which experts are chosen, not to their weights. */
    ROUTER_CORRECTION(false),
    /** {@code [1][feedForward]} of one expert. */
    EXPERT_GATE_BIAS(false),
    /** {@code [1][feedForward]} of one expert. */
    EXPERT_UP_BIAS(false),
    /** {@code [1][hidden]} of one expert. */
    EXPERT_DOWN_BIAS(false),
    /** {@code [feedForward][hidden]} of the part that every row goes through. */
    SHARED_GATE(false),
    /** {@code [feedForward][hidden]}. */
    SHARED_UP(false),
    /** {@code [hidden][feedForward]}. */
    SHARED_DOWN(false),
    /** {@code [1][hidden]}: gives the number whose sigmoid the shared part's result is multiplied with. */
    SHARED_ROUTER(false),

    // Recurrent mixers of Griffin; their convolution has the roles of Mamba's.
    /** {@code [channels][hidden]}: inputs of the recurrence. */
    GRIFFIN_INPUT(false),
    /** {@code [1][channels]}. */
    GRIFFIN_INPUT_BIAS(false),
    /** {@code [channels][hidden]}: the branch that goes past the recurrence. */
    GRIFFIN_BRANCH(false),
    /** {@code [1][channels]}. */
    GRIFFIN_BRANCH_BIAS(false),
    /** {@code [hidden][channels]}. */
    GRIFFIN_OUT(false),
    /** {@code [1][hidden]}. */
    GRIFFIN_OUT_BIAS(false),
    /** {@code [channels][channels / blocks]}: row i of a block has the weights of its input i. */
    GRIFFIN_INPUT_GATE(false),
    /** {@code [blocks][channels / blocks]}. */
    GRIFFIN_INPUT_GATE_BIAS(false),
    /** {@code [channels][channels / blocks]}, as the other gate. */
    GRIFFIN_DECAY_GATE(false),
    /** {@code [blocks][channels / blocks]}. */
    GRIFFIN_DECAY_GATE_BIAS(false),
    /** {@code [1][channels]}: {@code Λ}. */
    GRIFFIN_DECAY(false),

    // RWKV.
    /** {@code [1][hidden]}, once a model: on embeddings. */
    EMBEDDING_NORM(true),
    /** {@code [1][hidden]}, once a model. */
    EMBEDDING_NORM_BIAS(true),
    /** {@code [1][hidden]}: share of the token itself, in what makes the receptance. */
    RWKV_SHIFT_RECEPTANCE(false),
    /** {@code [1][hidden]}: the same for the key. */
    RWKV_SHIFT_KEY(false),
    /** {@code [1][hidden]}: the same for the value. */
    RWKV_SHIFT_VALUE(false),
    /** {@code [1][hidden]}: the same for the gate. */
    RWKV_SHIFT_GATE(false),
    /** {@code [channels][hidden]}. */
    RWKV_RECEPTANCE(false),
    /** {@code [channels][hidden]}. */
    RWKV_KEY(false),
    /** {@code [channels][hidden]}. */
    RWKV_VALUE(false),
    /** {@code [channels][hidden]}. */
    RWKV_GATE(false),
    /** {@code [hidden][channels]}. */
    RWKV_OUT(false),
    /** {@code [heads][headSize]}: what is left of a state after a token, from 0 to 1. */
    RWKV_DECAY(false),
    /** {@code [heads][headSize]}: weight of a token's own key. */
    RWKV_BONUS(false),
    /** {@code [1][channels]}: on the result of each head. */
    RWKV_HEAD_NORM(false),
    /** {@code [1][channels]}. */
    RWKV_HEAD_NORM_BIAS(false),
    /** {@code [1][hidden]}: share of the token itself, in what makes the key of the channel mix. */
    RWKV_CHANNEL_SHIFT_KEY(false),
    /** {@code [1][hidden]}: the same for its receptance. */
    RWKV_CHANNEL_SHIFT_RECEPTANCE(false),
    /** {@code [feedForward][hidden]}. */
    RWKV_CHANNEL_KEY(false),
    /** {@code [hidden][hidden]}. */
    RWKV_CHANNEL_RECEPTANCE(false),
    /** {@code [hidden][feedForward]}. */
    RWKV_CHANNEL_VALUE(false);

    private static final String BIAS = "_BIAS";

    private final boolean global;

    Role(boolean global) {
        this.global = global;
    }

    /** Whether the weight exists once a model (layer -1) and not once a layer. */
    public boolean global() {
        return global;
    }

    /** Whether there are many of it: one for each expert, head of latent attention, or other residual stream. */
    public boolean ofParts() {
        return this == LATENT_KEYS
                || this == LATENT_VALUES
                || this == STREAM_IN
                || this == STREAM_OUT
                || name().startsWith("EXPERT_");
    }

    /** Whether it is a bias, which is added to what its weight makes. */
    public boolean bias() {
        return name().endsWith(BIAS);
    }

    /**
     * The weight to whose products a bias is added.
     *
     * @throws IllegalStateException if it is not a bias
     */
    public Role weight() {
        if (!bias()) {
            throw new IllegalStateException(this + " is not a bias");
        }
        return valueOf(name().substring(0, name().length() - BIAS.length()));
    }

    /** The name in messages, such as {@code attention norm}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
