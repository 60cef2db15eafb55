package io.hayloft.formats.checkpoint;

import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.formats.config.DecoderConfig.NormPlacement;
import io.hayloft.formats.config.Role;
import io.hayloft.formats.config.WeightSource;
import io.hayloft.formats.tensor.Tensor;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A model in a GGUF file. */
final class GgufCheckpoint implements Checkpoint {
    private final GgufFile file;
    private final DecoderConfig config;
    private final WeightSource weights;
    private @Nullable String contentHash;

    GgufCheckpoint(GgufFile file, ReadOptions options) {
        this.file = file;
        this.config = GgufConfig.read(file, options);
        var architecture = GgufConfig.architecture(file);
        boolean fused = file.tensors().containsKey("blk.0.attn_qkv.weight");
        this.weights = FamilyWeights.of(
                new FamilyWeights.File(file.source(), file.tensors(), file.unread(), true),
                architecture,
                config,
                FamilyWeights.ggufNames(architecture, names(architecture, config)),
                TensorLayout.gguf(architecture, config, fused));
    }

    private static TensorNames names(Architecture architecture, DecoderConfig config) {
        var names = TensorNames.gguf();
        boolean two = config.norms().placement() == NormPlacement.PARALLEL_TWO_NORMS;
        if (architecture == Architecture.FALCON && two) { // the norm that came later is that of attention
            names.put(Role.ATTENTION_NORM, "blk.#.attn_norm_2.weight")
                    .put(Role.FEED_FORWARD_NORM, "blk.#.attn_norm.weight");
        }
        return names;
    }

    @Override
    public Path path() {
        return Path.of(file.source());
    }

    @Override
    public String format() {
        return "GGUF";
    }

    @Override
    public DecoderConfig config() {
        return config;
    }

    @Override
    public WeightSource weights() {
        return weights;
    }

    @Override
    public Map<String, Tensor> tensors() {
        return file.tensors();
    }

    @Override
    public Optional<GgufFile> gguf() {
        return Optional.of(file);
    }

    @Override
    public Optional<Path> folder() {
        return Optional.empty();
    }

    @Override
    public synchronized String contentHash() {
        if (contentHash == null) {
            var hash = new ContentHash();
            file.content().forEach(hash::add);
            contentHash = hash.hex();
        }
        return contentHash;
    }

    @Override
    public void close() {
        file.close();
    }
}
