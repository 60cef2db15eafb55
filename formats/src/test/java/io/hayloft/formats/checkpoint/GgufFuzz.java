package io.hayloft.formats.checkpoint;

import io.hayloft.base.UserError;
import io.hayloft.formats.config.Role;
import io.hayloft.testing.GgufBuilder;
import io.hayloft.testing.Refusal;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Any bytes as a GGUF file: all metadata, all tensors, and the model if they describe one. */
public final class GgufFuzz {
    private static final String SOURCE = "fuzz.gguf";

    private GgufFuzz() {}

    /** Small right files. */
    public static List<byte[]> seeds() {
        var seeds = new ArrayList<byte[]>();
        seeds.add(new GgufBuilder().bytes());
        for (var architecture : List.of("llama", "qwen3", "gemma2", "gemma3", "smollm3")) {
            seeds.add(GgufBuilder.completeModel(architecture)
                    .whole(architecture + ".attention.sliding_window", 4)
                    .bytes());
        }
        seeds.add(GgufBuilder.model("phi3")
                .tensor("blk.0.attn_qkv.weight", 16, 8)
                .tensor("blk.0.ffn_up.weight", 32, 8)
                .tensor("rope_factors_short.weight", 2)
                .tensor("rope_factors_long.weight", 2)
                .bytes());
        for (int number = 0; number < 42; number++) {
            var type = supported(number);
            if (type.isPresent()) {
                var block = new byte[type.get().blockBytes()];
                seeds.add(new GgufBuilder()
                        .tensor("t", number, block, type.get().blockElements())
                        .bytes());
            }
        }
        return seeds;
    }

    private static Optional<GgufTensorTypes.Layout> supported(int number) {
        try {
            return Optional.of(GgufTensorTypes.of(number));
        } catch (UserError e) {
            return Optional.empty();
        }
    }

    /** One input. */
    public static void fuzzerTestOneInput(byte[] data) {
        try (var file = GgufFile.read(SOURCE, MemorySegment.ofArray(data))) {
            long sum = 0;
            for (var value : file.metadata().values()) {
                sum += value instanceof List<?> list && !list.isEmpty()
                        ? list.getLast().hashCode()
                        : value.hashCode();
            }
            for (var tensor : file.tensors().values()) {
                sum += tensor.toFloats().length;
            }
            sum += readWeights(Checkpoint.of(file));
            if (sum == Long.MIN_VALUE) {
                throw new AssertionError("never: keeps what was read alive");
            }
        } catch (UserError e) {
            Refusal.check(e, SOURCE);
        }
    }

    private static long readWeights(Checkpoint model) {
        long rows = 0;
        for (var role : Role.values()) {
            rows += model.weights()
                    .find(role, role.global() ? -1 : 0)
                    .map(found -> found.toFloats().length)
                    .orElse(0);
        }
        for (int layer = 0; layer < model.config().layers(); layer++) {
            var rope = model.config().attention(layer).rope();
            rows += rope == null ? 0 : rope.frequencies(1000).inverse().length;
        }
        return rows;
    }
}
