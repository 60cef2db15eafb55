package io.hayloft.testing;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BiFunction;

/** Writes small GGUF files for tests, right ones and, field by field, wrong ones. */
public final class GgufBuilder {
    /** Numbers of tensor types in the format. */
    public static final int F32 = 0;

    /** Blocks of 32 with 8 bits. */
    public static final int Q8_0 = 8;

    private static final int ALIGNMENT = 32;

    private final ByteArrayOutputStream values = new ByteArrayOutputStream();
    private final ByteArrayOutputStream headers = new ByteArrayOutputStream();
    private final ByteArrayOutputStream data = new ByteArrayOutputStream();
    private final Random random = new Random(7);
    private int version = 3;
    private long valueCount;
    private long tensorCount;

    public GgufBuilder version(int number) {
        version = number;
        return this;
    }

    /** Claims more (or fewer) values than there are. */
    public GgufBuilder valueCount(long count) {
        valueCount = count;
        return this;
    }

    /** Claims more (or fewer) tensors than there are. */
    public GgufBuilder tensorCount(long count) {
        tensorCount = count;
        return this;
    }

    public GgufBuilder text(String key, String text) {
        key(key, 8);
        string(values, text);
        return this;
    }

    public GgufBuilder whole(String key, int number) {
        key(key, 4);
        values.writeBytes(buffer(4).putInt(number).array());
        return this;
    }

    public GgufBuilder number(String key, double number) {
        key(key, 6);
        values.writeBytes(buffer(4).putFloat((float) number).array());
        return this;
    }

    public GgufBuilder texts(String key, List<String> texts) {
        key(key, 9);
        values.writeBytes(buffer(12).putInt(8).putLong(texts.size()).array());
        texts.forEach(text -> string(values, text));
        return this;
    }

    /** A value given as its bytes. */
    public GgufBuilder raw(String key, int type, byte[] bytes) {
        key(key, type);
        values.writeBytes(bytes);
        return this;
    }

    /** A tensor of random small F32 numbers; the shape stands outermost first. */
    public GgufBuilder tensor(String name, long... shape) {
        int elements = 1;
        for (long size : shape) {
            elements *= (int) size;
        }
        var bytes = ByteBuffer.allocate(elements * 4).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < elements; i++) {
            bytes.putFloat(random.nextFloat() - 0.5f);
        }
        return tensor(name, F32, bytes.array(), shape);
    }

    /** A tensor of given F32 numbers. */
    public GgufBuilder tensor(String name, float[] values, long... shape) {
        var bytes = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return tensor(name, F32, bytes.array(), shape);
    }

    /** A tensor of given bytes. */
    public GgufBuilder tensor(String name, int type, byte[] bytes, long... shape) {
        header(name, type, alignedDataSize(), shape);
        data.writeBytes(new byte[(int) (alignedDataSize() - data.size())]);
        data.writeBytes(bytes);
        return this;
    }

    /** A tensor header as it is told, with no data of its own. */
    public GgufBuilder header(String name, int type, long offset, long... shape) {
        string(headers, name);
        headers.writeBytes(buffer(4).putInt(shape.length).array());
        for (int i = shape.length - 1; i >= 0; i--) {
            headers.writeBytes(buffer(8).putLong(shape[i]).array());
        }
        headers.writeBytes(buffer(12).putInt(type).putLong(offset).array());
        tensorCount++;
        return this;
    }

    private long alignedDataSize() {
        long size = data.size();
        return size + (-size & (ALIGNMENT - 1));
    }

    private void key(String key, int type) {
        string(values, key);
        values.writeBytes(buffer(4).putInt(type).array());
        valueCount++;
    }

    private static void string(ByteArrayOutputStream out, String text) {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeBytes(buffer(8).putLong(bytes.length).array());
        out.writeBytes(bytes);
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    public byte[] bytes() {
        var out = new ByteArrayOutputStream();
        out.writeBytes("GGUF".getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(buffer(20)
                .putInt(version)
                .putLong(tensorCount)
                .putLong(valueCount)
                .array());
        out.writeBytes(values.toByteArray());
        out.writeBytes(headers.toByteArray());
        out.writeBytes(new byte[-out.size() & (ALIGNMENT - 1)]);
        out.writeBytes(data.toByteArray());
        return out.toByteArray();
    }

    /** Reads what was built with a reader of (name, content), under the name {@code built.gguf}. */
    public <T> T read(BiFunction<String, MemorySegment, T> reader) {
        return reader.apply("built.gguf", MemorySegment.ofArray(bytes()));
    }

    /** The keys and tensors of a one-layer model with 2 query heads, 1 KV head of 4 channels, width 8, 6 tokens. */
    public static GgufBuilder model(String architecture) {
        var gguf = new GgufBuilder()
                .text("general.architecture", architecture)
                .whole(architecture + ".block_count", 1)
                .whole(architecture + ".context_length", 64)
                .whole(architecture + ".embedding_length", 8)
                .whole(architecture + ".feed_forward_length", 16)
                .whole(architecture + ".attention.head_count", 2)
                .whole(architecture + ".attention.head_count_kv", 1)
                .number(architecture + ".attention.layer_norm_rms_epsilon", 1e-5)
                .texts("tokenizer.ggml.tokens", List.of("<s>", "</s>", "a", "b", "c", "d"))
                .whole("tokenizer.ggml.bos_token_id", 0)
                .whole("tokenizer.ggml.eos_token_id", 1)
                .tensor("token_embd.weight", 6, 8)
                .tensor("output_norm.weight", 8);
        return gguf.tensor("blk.0.attn_norm.weight", 8)
                .tensor("blk.0.ffn_norm.weight", 8)
                .tensor("blk.0.attn_output.weight", 8, 8)
                .tensor("blk.0.ffn_down.weight", 8, 16);
    }

    /** A complete model with separate query, key, value, gate and up tensors. */
    public static GgufBuilder completeModel(String architecture) {
        return model(architecture)
                .tensor("blk.0.attn_q.weight", 8, 8)
                .tensor("blk.0.attn_k.weight", 4, 8)
                .tensor("blk.0.attn_v.weight", 4, 8)
                .tensor("blk.0.ffn_gate.weight", 16, 8)
                .tensor("blk.0.ffn_up.weight", 16, 8);
    }

    /** Byte strings for raw values. */
    public static byte[] littleEndian(Number... numbers) {
        var parts = new ArrayList<byte[]>();
        for (var number : numbers) {
            var part = number instanceof Integer whole
                    ? buffer(4).putInt(whole).array()
                    : buffer(8).putLong(number.longValue()).array();
            parts.add(part);
        }
        var all = new ByteArrayOutputStream();
        parts.forEach(all::writeBytes);
        return all.toByteArray();
    }
}
