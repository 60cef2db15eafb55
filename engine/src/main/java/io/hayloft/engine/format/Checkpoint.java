package io.hayloft.engine.format;

import io.hayloft.engine.model.DecoderConfig;
import io.hayloft.engine.model.WeightSource;
import io.hayloft.engine.tensor.Tensor;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** A model as it lies on disk: a GGUF file, or a folder with config.json and safetensors. */
public interface Checkpoint extends AutoCloseable {
    static Checkpoint open(Path fileOrFolder) {
        throw new UnsupportedOperationException();
    }

    static Checkpoint openFolder(Path folder, String configName) {
        throw new UnsupportedOperationException();
    }

    Path path();

    String format();

    DecoderConfig config();

    WeightSource weights();

    Map<String, Tensor> tensors();

    Optional<GgufFile> gguf();

    Optional<Path> folder();

    String contentHash();

    @Override
    void close();
}
