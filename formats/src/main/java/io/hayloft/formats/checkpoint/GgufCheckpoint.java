package io.hayloft.formats.checkpoint;

import io.hayloft.formats.config.DecoderConfig;
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
        var permutation = architecture.isPermutedInGguf() ? permutation(config) : null;
        this.weights = FamilyWeights.of(
                new FamilyWeights.File(file.source(), file.tensors(), file.unread(), true),
                architecture,
                config,
                FamilyWeights.ggufNames(architecture, TensorNames.gguf()),
                permutation);
    }

    /** The order of the rows of a head: one for all layers, since the architectures that permute have heads of one width. */
    private static RowPermutation permutation(DecoderConfig config) {
        int headDim = 1;
        for (int layer = 0; layer < config.layers(); layer++) {
            var attention = config.findAttention(layer);
            if (attention.isPresent()) {
                headDim = attention.get().headDim();
                var rope = attention.get().rope();
                if (rope != null) {
                    return new RowPermutation(headDim, rope.rotaryDims());
                }
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
