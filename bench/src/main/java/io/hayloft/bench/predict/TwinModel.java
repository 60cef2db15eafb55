package io.hayloft.bench.predict;

import io.hayloft.engine.model.LanguageModel;
import io.hayloft.engine.model.LoadOptions;
import io.hayloft.formats.checkpoint.Checkpoint;
import io.hayloft.formats.checkpoint.GgufFile;
import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.formats.config.Role;
import io.hayloft.formats.config.WeightSource;
import io.hayloft.formats.tensor.Tensor;
import io.hayloft.formats.tensor.WeightRows;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/**
 * A model with the shape of another and weights that nobody trained: its caches have the same bytes and its kernels take
 * the same time, though it says nothing.
 *
 * @param values fills the rows of a weight
 */
record TwinModel(DecoderConfig config, WeightTypes types, Values values) implements Checkpoint, WeightSource {
    /** Makes the weights up. */
    @FunctionalInterface
    interface Values {
        /** The rows of a weight. */
        Tensor.RowSource rows(Role role, int layer);
    }

    /** Weights of zeros, with which kernels are as fast as with any. */
    static final Values ZEROS = (role, layer) -> (row, dst) -> Arrays.fill(dst, (byte) 0);

    /** Loads it; the caller closes it. All its layers are made of attention and a dense feed-forward part, or none. */
    LanguageModel load(int threads) {
        return LanguageModel.load(this, LoadOptions.withThreads(threads).withoutTokenizer());
    }

    @Override
    public Optional<WeightRows> find(Role role, int layer) {
        if (role == Role.EMBEDDING_NORM) {
            return Optional.empty(); // there is one in models only that have no twin
        }
        var size = MatrixSize.of(config, role, layer);
        var shape = new long[] {size.rows(), size.columns()};
        var type = types.of(role, layer);
        return Optional.of(WeightRows.all(Tensor.computed(role.label(), type, shape, values.rows(role, layer))));
    }

    /** Parts that are alike have the same weights. */
    @Override
    public WeightRows part(Role role, int layer, int number) {
        return get(role, layer);
    }

    @Override
    public WeightSource weights() {
        return this;
    }

    @Override
    public Path path() {
        return Path.of("the twin of a model");
    }

    @Override
    public String format() {
        return "made up";
    }

    @Override
    public Map<String, Tensor> tensors() {
        return Map.of();
    }

    @Override
    public Optional<GgufFile> gguf() {
        return Optional.empty();
    }

    @Override
    public Optional<Path> folder() {
        return Optional.empty();
    }

    @Override
    public String contentHash() {
        return "";
    }

    @Override
    public void close() {
        // nothing is open
    }
}
