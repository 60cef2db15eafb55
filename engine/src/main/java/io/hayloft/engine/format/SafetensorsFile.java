package io.hayloft.engine.format;

import io.hayloft.engine.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/** A safetensors file. */
public final class SafetensorsFile implements AutoCloseable {
    public static SafetensorsFile open(Path path) {
        throw new UnsupportedOperationException();
    }

    public static SafetensorsFile read(String source, MemorySegment bytes) {
        throw new UnsupportedOperationException();
    }

    public Map<String, Tensor> tensors() {
        throw new UnsupportedOperationException();
    }

    public Map<String, String> metadata() {
        throw new UnsupportedOperationException();
    }

    public Set<String> names() {
        throw new UnsupportedOperationException();
    }

    public String dtype(String name) {
        throw new UnsupportedOperationException();
    }

    public long[] shape(String name) {
        throw new UnsupportedOperationException();
    }

    public MemorySegment raw(String name) {
        throw new UnsupportedOperationException();
    }

    public float[] readFloats(String name) {
        throw new UnsupportedOperationException();
    }

    public long[] readLongs(String name) {
        throw new UnsupportedOperationException();
    }

    public int[] readInts(String name) {
        throw new UnsupportedOperationException();
    }

    public byte[] readBytes(String name) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
