package io.hayloft.formats.checkpoint;

import io.hayloft.base.FileError;
import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.formats.config.DecoderConfig.NormPlacement;
import io.hayloft.formats.config.Role;
import io.hayloft.formats.config.WeightSource;
import io.hayloft.formats.tensor.Tensor;
import io.hayloft.formats.tensor.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
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
                new FamilyWeights.File(file.source(), withMatrixScales(file), file.unread(), true),
                architecture,
                config,
                FamilyWeights.ggufNames(architecture, names(architecture, config)),
                TensorLayout.gguf(architecture, config, fused));
    }

    /** Matrices of NVFP4 may have one more scale, in a tensor beside them. */
    private static Map<String, Tensor> withMatrixScales(GgufFile file) {
        var tensors = file.tensors();
        var scaled = new LinkedHashMap<>(tensors);
        for (var tensor : tensors.values()) {
            if (tensor.type() != TensorType.NVFP4) {
                continue;
            }
            var scale = tensors.get(tensor.name().replaceFirst("\\.weight$", ".scale"));
            if (scale != null && scale.elements() != 1) {
                throw FileError.of(
                        file.source(),
                        "tensor '" + scale.name() + "' has " + scale.elements() + " elements, expected 1");
            } else if (scale != null) {
                scaled.put(tensor.name(), times(tensor, scale.toFloats()[0]));
            }
        }
        return scaled;
    }

    private static Tensor times(Tensor tensor, float factor) {
        int columns = tensor.columns();
        return Tensor.computed(tensor.name(), TensorType.F32, tensor.shape(), (row, dst) -> {
            var values = new float[columns];
            tensor.readRow(row, values, 0);
            var out = ByteBuffer.wrap(dst).order(ByteOrder.LITTLE_ENDIAN);
            for (float value : values) {
                out.putFloat(factor * value);
            }
        });
    }

    private static TensorNames names(Architecture architecture, DecoderConfig config) {
        var names = TensorNames.gguf();
        boolean two = config.norms().placement() == NormPlacement.PARALLEL_TWO_NORMS;
        if (architecture == Architecture.FALCON && two) { // the norm that came later is that of attention
            names.put(Role.ATTENTION_NORM, "blk.#.attn_norm_2.weight")
                    .put(Role.FEED_FORWARD_NORM, "blk.#.attn_norm.weight");
        }
        if (architecture == Architecture.GPT_OSS || architecture == Architecture.QWEN3_NEXT) {
            names.put(Role.FEED_FORWARD_NORM, "blk.#.post_attention_norm.weight");
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
    public List<Path> weightFiles() {
        return file.paths();
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
