package io.hayloft.formats.checkpoint;

import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.formats.config.LatentAttention;
import io.hayloft.formats.config.Role;
import io.hayloft.formats.config.WeightSource;
import io.hayloft.formats.tensor.WeightRows;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The weights of latent attention, from either form of file; all others as {@link ExpertWeights} has them. Files have the
 * channels that rotate in neighbouring pairs.
 */
final class LatentWeights implements WeightSource {
    /** In GGUF files that were written for llama.cpp's first form of latent attention: keys and values of all heads. */
    private static final String BOTH = "blk.#.attn_kv_b.weight";

    private final DecoderConfig config;
    private final TensorNames names;
    private final ExpertWeights others;
    private final NamedWeights usual;
    private final boolean separate; // whether the keys of heads have a tensor, and lie transposed

    /**
     * @param others for the rest
     * @param usual finds tensors
     */
    LatentWeights(
            FamilyWeights.File file,
            DecoderConfig config,
            TensorNames names,
            ExpertWeights others,
            NamedWeights usual) {
        this.config = config;
        this.others = others;
        this.usual = usual;
        this.separate = file.gguf() && !file.tensors().containsKey(BOTH.replace("#", "0"));
        this.names =
                file.gguf() && !separate ? names.put(Role.LATENT_KEYS, BOTH).put(Role.LATENT_VALUES, BOTH) : names;
    }

    /** The names in Hugging Face checkpoints. */
    static TensorNames huggingFaceNames(TensorNames usual) {
        var attention = usual.layers() + "#.self_attn.";
        return usual.put(Role.LATENT_QUERY_DOWN, attention + "q_a_proj.weight")
                .put(Role.LATENT_QUERY_NORM, attention + "q_a_layernorm.weight")
                .put(Role.LATENT_QUERY, attention + "q_b_proj.weight")
                .put(Role.QUERY, attention + "q_proj.weight")
                .put(Role.LATENT_DOWN, attention + "kv_a_proj_with_mqa.weight")
                .put(Role.LATENT_NORM, attention + "kv_a_layernorm.weight")
                .put(Role.LATENT_KEYS, attention + "kv_b_proj.weight")
                .put(Role.LATENT_VALUES, attention + "kv_b_proj.weight");
    }

    /** The names in GGUF files. */
    static TensorNames ggufNames(TensorNames usual) {
        return usual.put(Role.LATENT_QUERY_DOWN, "blk.#.attn_q_a.weight")
                .put(Role.LATENT_QUERY_NORM, "blk.#.attn_q_a_norm.weight")
                .put(Role.LATENT_QUERY, "blk.#.attn_q_b.weight")
                .put(Role.LATENT_DOWN, "blk.#.attn_kv_a_mqa.weight")
                .put(Role.LATENT_NORM, "blk.#.attn_kv_a_norm.weight")
                .put(Role.LATENT_KEYS, "blk.#.attn_k_b.weight")
                .put(Role.LATENT_VALUES, "blk.#.attn_v_b.weight");
    }

    @Override
    public Optional<WeightRows> find(Role role, int layer) {
        return switch (role) {
            case LATENT_QUERY_DOWN, LATENT_QUERY_NORM, LATENT_QUERY, LATENT_DOWN, LATENT_NORM ->
                Optional.of(get(role, layer));
            default -> others.find(role, layer);
        };
    }

    @Override
    public WeightRows get(Role role, int layer) {
        return switch (role) {
            case LATENT_QUERY_DOWN -> rows(role, layer, null, latent(layer).queryRank(), config.hidden());
            case LATENT_QUERY_NORM -> rows(role, layer, null, latent(layer).queryRank());
            case LATENT_QUERY -> query(layer);
            case LATENT_DOWN -> {
                var latent = latent(layer);
                var order = order(1, latent.rank(), latent.ropeDim());
                yield rows(role, layer, order, order.length, config.hidden());
            }
            case LATENT_NORM -> rows(role, layer, null, latent(layer).rank());
            default -> others.get(role, layer);
        };
    }

    private WeightRows query(int layer) {
        var latent = latent(layer);
        var order = order(config.attention(layer).queryHeads(), latent.nopeDim(), latent.ropeDim());
        return latent.queryRank() == 0
                ? rows(Role.QUERY, layer, order, order.length, config.hidden())
                : rows(Role.LATENT_QUERY, layer, order, order.length, latent.queryRank());
    }

    /** Heads of fixed channels and rotating ones: of these the first members of all pairs, then the second ones. */
    private static int[] order(int heads, int fixed, int rotating) {
        int width = fixed + rotating;
        var order = new int[heads * width];
        for (int i = 0; i < order.length; i++) {
            int channel = i % width - fixed;
            int half = rotating / 2;
            int stored = channel < 0 ? channel : channel < half ? 2 * channel : 2 * (channel - half) + 1;
            order[i] = i - channel + stored;
        }
        return order;
    }

    private WeightRows rows(Role role, int layer, int @Nullable [] order, long... shape) {
        var name = names.of(role, layer);
        var tensor = usual.tensor(name, shape).orElseThrow(() -> usual.missing(name));
        return order == null ? WeightRows.all(tensor) : new WeightRows(tensor, 0, order.length, order);
    }

    @Override
    public WeightRows part(Role role, int layer, int number) {
        return switch (role) {
            case LATENT_KEYS, LATENT_VALUES -> ofHead(role, layer, number);
            default -> others.part(role, layer, number);
        };
    }

    private WeightRows ofHead(Role role, int layer, int head) {
        var latent = latent(layer);
        int heads = config.attention(layer).queryHeads();
        var name = names.of(role, layer);
        int rank = latent.rank();
        boolean keys = role == Role.LATENT_KEYS;
        if (separate) {
            int rows = keys ? rank : latent.valueDim();
            var tensor = usual.tensor(name, heads, rows, keys ? latent.nopeDim() : rank)
                    .orElseThrow(() -> usual.missing(name));
            return new WeightRows(tensor, head * rows, rows, null);
        }
        int rows = latent.nopeDim() + latent.valueDim(); // of a head: those of its keys, then those of its values
        var tensor = usual.tensor(name, (long) heads * rows, rank).orElseThrow(() -> usual.missing(name));
        int first = head * rows;
        return keys
                ? WeightRows.all(
                        TensorLayout.transposed(tensor, first, latent.nopeDim(), new TensorLayout.Columns(0, rank, 1)))
                : new WeightRows(tensor, first + latent.nopeDim(), latent.valueDim(), null);
    }

    private LatentAttention latent(int layer) {
        var latent = config.attention(layer).additions().latent();
        if (latent == null) {
            throw new IllegalArgumentException("layer " + layer + " has no latent attention");
        }
        return latent;
    }
}
