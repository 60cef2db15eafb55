package io.hayloft.engine.format;

import io.hayloft.engine.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Map;

/** A GGUF file. */
public final class GgufFile implements AutoCloseable {
    public static GgufFile open(Path path) {
        throw new UnsupportedOperationException();
    }

    public static GgufFile read(String source, MemorySegment bytes) {
        throw new UnsupportedOperationException();
    }

    public Map<String, Object> metadata() {
        throw new UnsupportedOperationException();
    }

    public Map<String, Tensor> tensors() {
        throw new UnsupportedOperationException();
    }

    public long bytes() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
