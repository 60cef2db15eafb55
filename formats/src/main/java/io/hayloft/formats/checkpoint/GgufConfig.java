package io.hayloft.formats.checkpoint;

import io.hayloft.base.UserError;
import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.formats.config.LayerKind;
import io.hayloft.formats.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/**
 * The shape of a model from GGUF metadata and, where these are silent, from its tensors. What no file says (window
 * patterns, the local theta of Gemma 3) are the constants of each architecture.
 */
final class GgufConfig {
    private static final int GEMMA3_PATTERN = 6;
    private static final int SMOLLM3_ROPE_INTERVAL = 4;

    private final Fields general;
    private final Fields fields;
    private final Architecture architecture;
    private final Map<String, Tensor> tensors;

    private GgufConfig(GgufFile file) {
        this.general = new Fields(file.source(), "", file.metadata());
        var name = general.text("general.architecture");
        this.architecture = Architecture.ofGguf(file.source(), name);
        this.fields = general.under(name + ".");
        this.tensors = file.tensors();
    }

    static Architecture architecture(GgufFile file) {
        return new GgufConfig(file).architecture;
    }

    /**
     * Reads the config.
     *
     * @throws UserError naming file and key that is missing, wrong or not supported
     */
    static DecoderConfig read(GgufFile file) {
        return new GgufConfig(file).read();
    }

    private DecoderConfig read() {
        if (fields.whole("expert_count", 0) > 0) {
            throw general.error("mixtures of experts are not supported");
        }
        int parts = general.whole("split.count", 1);
        if (parts > 1) {
            throw general.error("is one of " + parts + " parts of a model: join them with llama-gguf-split --merge");
        }
        int hidden = fields.positive("embedding_length");
        int queryHeads = fields.positive("attention.head_count");
        int headDim = headDim(hidden, queryHeads);
        var kinds = layerKinds(fields.positive("block_count"));
        boolean slides = kinds.stream().anyMatch(LayerKind::sliding);
        try {
            var rope = new GgufRope(fields, tensors, headDim);
            return new DecoderConfig(
                    architecture.label(),
                    kinds.size(),
                    hidden,
                    fields.positive("feed_forward_length"),
                    vocabulary(),
                    fields.positive("context_length"),
                    queryHeads,
                    fields.positive("attention.head_count_kv", queryHeads),
                    headDim,
                    fields.number("attention.layer_norm_rms_epsilon"),
                    false,
                    rope.full(),
                    architecture == Architecture.GEMMA3 ? rope.local() : rope.full(),
                    kinds,
                    slides ? fields.positive("attention.sliding_window") : 0,
                    1 / Math.sqrt(queryScalar(kinds.size(), hidden, queryHeads, headDim)),
                    architecture.isGemma() ? fields.number("attn_logit_softcapping", 0) : 0,
                    architecture.isGemma() ? fields.number("final_logit_softcapping", 0) : 0,
                    architecture.activation(),
                    architecture.isGemma() ? Math.sqrt(hidden) : 1,
                    architecture.hasQueryKeyNorm(),
                    tensors.containsKey("blk.0.attn_q.bias"),
                    architecture.isGemma(),
                    !tensors.containsKey("output.weight"),
                    general.ids("tokenizer.ggml.bos_token_id").stream()
                            .findFirst()
                            .orElse(-1),
                    endTokens());
        } catch (UserError e) {
            throw general.located(e);
        }
    }

    private int headDim(int hidden, int queryHeads) {
        int keys = fields.positive("attention.key_length", Math.max(1, hidden / queryHeads));
        int values = fields.positive("attention.value_length", keys);
        if (keys != values) {
            throw general.error("keys of " + keys + " and values of " + values + " channels are not supported");
        }
        return keys;
    }

    private int vocabulary() {
        var embedding = tensors.get("token_embd.weight");
        if (embedding == null) {
            throw general.error("tensor 'token_embd.weight' is missing");
        }
        return (int) Math.min(embedding.rows(), Integer.MAX_VALUE);
    }

    /** The 27B models of Gemma scale by width, all others by head; no key says so. */
    private double queryScalar(int layers, int hidden, int queryHeads, int headDim) {
        int layersOf27b = switch (architecture) {
            case GEMMA2 -> 46;
            case GEMMA3 -> 62;
            default -> -1;
        };
        return layers == layersOf27b ? (double) hidden / queryHeads : headDim;
    }

    private List<LayerKind> layerKinds(int layers) {
        if (layers > 1024) {
            throw general.error("block_count must be at most 1024, not " + layers);
        }
        boolean window = fields.whole("attention.sliding_window", 0) > 0;
        var kinds = new ArrayList<LayerKind>();
        for (int i = 0; i < layers; i++) {
            boolean sliding = switch (architecture) {
                case GEMMA2 -> i % 2 == 0;
                case GEMMA3 -> (i + 1) % GEMMA3_PATTERN != 0;
                default -> true;
            };
            boolean rotary = architecture != Architecture.SMOLLM3 || (i + 1) % SMOLLM3_ROPE_INTERVAL != 0;
            kinds.add(new LayerKind(window && sliding, rotary));
        }
        return kinds;
    }

    private List<Integer> endTokens() {
        var ids = new LinkedHashSet<Integer>();
        for (var kind : List.of("eos", "eot", "eom")) {
            ids.addAll(general.ids("tokenizer.ggml." + kind + "_token_id"));
        }
        return List.copyOf(ids);
    }
}
