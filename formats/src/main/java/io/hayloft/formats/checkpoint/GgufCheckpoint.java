package io.hayloft.formats.checkpoint;

import io.hayloft.base.FileError;
import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.formats.config.WeightSource;
import io.hayloft.formats.tensor.Tensor;
import io.hayloft.formats.tensor.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
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
        var permutation = architecture.isPermutedInGguf() ? permutation(config) : null;
        this.weights = new NamedWeights(
                file.source(),
                config,
                new NamedWeights.Tensors(withMatrixScales(file), file.unread()),
                TensorNames.gguf(),
                architecture.hasFusedTensors(),
                permutation);
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

    /** The order of the rows of a head: one for all layers, since the architectures that permute have heads of one width. */
    private static RowPermutation permutation(DecoderConfig config) {
        int headDim = config.attention(0).headDim();
        for (int layer = 0; layer < config.layers(); layer++) {
            var rope = config.attention(layer).rope();
            if (rope != null) {
                return new RowPermutation(headDim, rope.rotaryDims());
            }
        }
        return new RowPermutation(headDim, headDim);
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
