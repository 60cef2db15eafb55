package io.hayloft.formats.checkpoint;

import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.formats.config.Role;
import io.hayloft.formats.config.RwkvConfig;
import io.hayloft.formats.config.WeightSource;
import io.hayloft.formats.tensor.Tensor;
import io.hayloft.formats.tensor.TensorType;
import io.hayloft.formats.tensor.WeightRows;
import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The weights of RWKV-5 World, by the names of the original program ({@code blocks.0.att.key.weight}) or of its port to
 * transformers ({@code rwkv.blocks.0.attention.key.weight}).
 */
final class RwkvWeights implements WeightSource {
    /** Biases inside layers. */
    private static final List<Role> BIASES =
            List.of(Role.ATTENTION_NORM_BIAS, Role.FEED_FORWARD_NORM_BIAS, Role.RWKV_HEAD_NORM_BIAS);

    private final DecoderConfig config;
    private final RwkvConfig mix;
    private final TensorNames names;
    private final NamedWeights usual;

    RwkvWeights(FamilyWeights.File file, DecoderConfig config, TensorLayout layout) {
        this.config = config;
        this.mix = (RwkvConfig) config.stack().getFirst().mixer();
        boolean ported = file.tensors().containsKey("rwkv.embeddings.weight");
        this.names = ported ? ported() : original();
        var tensors = new NamedWeights.Tensors(file.tensors(), file.unread(), biases(config, names));
        this.usual = new NamedWeights(file.source(), config, tensors, names, layout);
        checkVersion(file);
    }

    /** Versions before 5.2 have no gate, or one decay a head: what is missing in their files shows it. */
    private void checkVersion(FamilyWeights.File file) {
        var gate = names.of(Role.RWKV_GATE, 0);
        var bonus = names.of(Role.RWKV_BONUS, 0);
        if (file.tensors().containsKey(names.of(Role.RWKV_KEY, 0))
                && (!file.tensors().containsKey(gate) || !file.tensors().containsKey(bonus))) {
            throw usual.error("tensor '" + gate + "' or '" + bonus
                    + "' is missing: a model of RWKV-5.0 or 5.1, of which only 5.2 is supported");
        }
    }

    private static Set<String> biases(DecoderConfig config, TensorNames names) {
        var used = new HashSet<String>();
        used.add(names.of(Role.EMBEDDING_NORM_BIAS, -1));
        for (int layer = 0; layer < config.layers(); layer++) {
            for (var role : BIASES) {
                used.add(names.of(role, layer));
            }
        }
        return used;
    }

    private static TensorNames original() {
        var names = TensorNames.of("blocks.")
                .put(Role.EMBEDDING, "emb.weight")
                .put(Role.OUTPUT, "head.weight")
                .put(Role.FINAL_NORM, "ln_out.weight")
                .put(Role.FINAL_NORM_BIAS, "ln_out.bias")
                .put(Role.EMBEDDING_NORM, "blocks.0.ln0.weight")
                .put(Role.EMBEDDING_NORM_BIAS, "blocks.0.ln0.bias");
        return putLayer(names, "blocks.#.", "att.", "ffn.", Map.of("r", "r", "k", "k", "v", "v", "g", "g"));
    }

    private static TensorNames ported() {
        var names = TensorNames.of("rwkv.blocks.")
                .put(Role.EMBEDDING, "rwkv.embeddings.weight")
                .put(Role.OUTPUT, "head.weight")
                .put(Role.FINAL_NORM, "rwkv.ln_out.weight")
                .put(Role.FINAL_NORM_BIAS, "rwkv.ln_out.bias")
                .put(Role.EMBEDDING_NORM, "rwkv.blocks.0.pre_ln.weight")
                .put(Role.EMBEDDING_NORM_BIAS, "rwkv.blocks.0.pre_ln.bias");
        var mixes = Map.of("r", "receptance", "k", "key", "v", "value", "g", "gate");
        return putLayer(names, "rwkv.blocks.#.", "attention.", "feed_forward.", mixes);
    }

    /** @param mixes how the names of token shifts end */
    private static TensorNames putLayer(
            TensorNames names, String layer, String attention, String feedForward, Map<String, String> mixes) {
        var time = layer + attention;
        var channel = layer + feedForward;
        return names.put(Role.ATTENTION_NORM, layer + "ln1.weight")
                .put(Role.ATTENTION_NORM_BIAS, layer + "ln1.bias")
                .put(Role.FEED_FORWARD_NORM, layer + "ln2.weight")
                .put(Role.FEED_FORWARD_NORM_BIAS, layer + "ln2.bias")
                .put(Role.RWKV_SHIFT_RECEPTANCE, time + "time_mix_" + mixes.get("r"))
                .put(Role.RWKV_SHIFT_KEY, time + "time_mix_" + mixes.get("k"))
                .put(Role.RWKV_SHIFT_VALUE, time + "time_mix_" + mixes.get("v"))
                .put(Role.RWKV_SHIFT_GATE, time + "time_mix_" + mixes.get("g"))
                .put(Role.RWKV_RECEPTANCE, time + "receptance.weight")
                .put(Role.RWKV_KEY, time + "key.weight")
                .put(Role.RWKV_VALUE, time + "value.weight")
                .put(Role.RWKV_GATE, time + "gate.weight")
                .put(Role.RWKV_OUT, time + "output.weight")
                .put(Role.RWKV_DECAY, time + "time_decay")
                .put(Role.RWKV_BONUS, time + "time_faaaa")
                .put(Role.RWKV_HEAD_NORM, time + "ln_x.weight")
                .put(Role.RWKV_HEAD_NORM_BIAS, time + "ln_x.bias")
                .put(Role.RWKV_CHANNEL_SHIFT_KEY, channel + "time_mix_" + mixes.get("k"))
                .put(Role.RWKV_CHANNEL_SHIFT_RECEPTANCE, channel + "time_mix_" + mixes.get("r"))
                .put(Role.RWKV_CHANNEL_KEY, channel + "key.weight")
                .put(Role.RWKV_CHANNEL_RECEPTANCE, channel + "receptance.weight")
                .put(Role.RWKV_CHANNEL_VALUE, channel + "value.weight");
    }

    @Override
    public Optional<WeightRows> find(Role role, int layer) {
        int hidden = config.hidden();
        int channels = mix.channels();
        return switch (role) {
            case FINAL_NORM_BIAS, EMBEDDING_NORM, EMBEDDING_NORM_BIAS, ATTENTION_NORM_BIAS, FEED_FORWARD_NORM_BIAS ->
                Optional.of(vector(role, layer, hidden));
            case RWKV_SHIFT_RECEPTANCE,
                    RWKV_SHIFT_KEY,
                    RWKV_SHIFT_VALUE,
                    RWKV_SHIFT_GATE,
                    RWKV_CHANNEL_SHIFT_KEY,
                    RWKV_CHANNEL_SHIFT_RECEPTANCE -> tensor(role, layer, 1, 1, hidden);
            case RWKV_RECEPTANCE, RWKV_KEY, RWKV_VALUE, RWKV_GATE -> tensor(role, layer, channels, hidden);
            case RWKV_OUT -> tensor(role, layer, hidden, channels);
            case RWKV_DECAY -> tensor(role, layer, mix.heads(), mix.headSize()).map(RwkvWeights::decay);
            case RWKV_BONUS -> tensor(role, layer, mix.heads(), mix.headSize());
            case RWKV_HEAD_NORM, RWKV_HEAD_NORM_BIAS -> tensor(role, layer, channels);
            case RWKV_CHANNEL_KEY ->
                tensor(role, layer, config.feedForward(layer).width(), hidden);
            case RWKV_CHANNEL_RECEPTANCE -> tensor(role, layer, hidden, hidden);
            case RWKV_CHANNEL_VALUE ->
                tensor(role, layer, hidden, config.feedForward(layer).width());
            default -> usual.find(role, layer);
        };
    }

    /** Files hold d of the decay {@code exp(-exp(d))}. */
    private static WeightRows decay(WeightRows rows) {
        var values = rows.toFloats();
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) Math.exp(-Math.exp(values[i]));
        }
        var tensor = rows.tensor();
        return WeightRows.all(new Tensor(tensor.name(), TensorType.F32, tensor.shape(), MemorySegment.ofArray(values)));
    }

    private WeightRows vector(Role role, int layer, int elements) {
        return tensor(role, layer, elements).orElseThrow(() -> missing(role, layer));
    }

    private Optional<WeightRows> tensor(Role role, int layer, long... shape) {
        return usual.tensor(names.of(role, layer), shape).map(WeightRows::all);
    }

    @Override
    public WeightRows get(Role role, int layer) {
        return find(role, layer).orElseThrow(() -> missing(role, layer));
    }

    private RuntimeException missing(Role role, int layer) {
        boolean tied = role == Role.OUTPUT && config.tokens().tiedOutput();
        return usual.error("tensor '" + names.of(tied ? Role.EMBEDDING : role, layer) + "' is missing");
    }
}
