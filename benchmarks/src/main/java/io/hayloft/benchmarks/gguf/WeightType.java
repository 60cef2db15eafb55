package io.hayloft.benchmarks.gguf;

import io.hayloft.base.Suggest;
import io.hayloft.base.UserError;
import io.hayloft.formats.tensor.TensorType;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * The types of weights that can be written, each with its number in GGUF files and the random content of one block.
 *
 * <p>Codes are uniform over their range; scales vary by a quarter around the one at which the values have the wanted
 * standard deviation and mean 0. The layouts are those that {@link TensorType} reads.
 */
@SuppressWarnings("ImmutableEnumChecker") // fillers hold no state
enum WeightType {
    F32(0, TensorType.F32, (out, random, deviation) -> out.putFloat(uniform(random, deviation))),
    F16(1, TensorType.F16, (out, random, deviation) -> putHalf(out, uniform(random, deviation))),
    BF16(
            30,
            TensorType.BF16,
            (out, random, deviation) ->
                    out.putShort((short) (Float.floatToRawIntBits(uniform(random, deviation)) >>> 16))),
    Q8_0(8, TensorType.Q8_0, WeightType::fillQ8),
    Q4_0(2, TensorType.Q4_0, (out, random, deviation) -> {
        putHalf(out, scale(random, deviation, 16));
        putRandom(out, random, 16);
    }),
    Q4_1(3, TensorType.Q4_1, (out, random, deviation) -> {
        putScaleAndMinimum(out, random, deviation, 16);
        putRandom(out, random, 16);
    }),
    Q5_0(6, TensorType.Q5_0, (out, random, deviation) -> {
        putHalf(out, scale(random, deviation, 32));
        putRandom(out, random, 20);
    }),
    Q5_1(7, TensorType.Q5_1, (out, random, deviation) -> {
        putScaleAndMinimum(out, random, deviation, 32);
        putRandom(out, random, 20);
    }),
    Q4_K(12, TensorType.Q4_K, WeightType::fillQ4K),
    Q6_K(14, TensorType.Q6_K, WeightType::fillQ6K);

    /** Writes one block of values of this standard deviation. */
    @FunctionalInterface
    private interface BlockFiller {
        void fill(ByteBuffer out, SplittableRandom random, double deviation);
    }

    private final int number;
    private final TensorType tensorType;
    private final BlockFiller filler;

    WeightType(int number, TensorType tensorType, BlockFiller filler) {
        this.number = number;
        this.tensorType = tensorType;
        this.filler = filler;
    }

    /**
     * The type of this name, in capitals or not.
     *
     * @throws UserError if it is none that can be written
     */
    static WeightType named(String name) {
        for (var type : values()) {
            if (type.name().equals(name.toUpperCase(Locale.ROOT))) {
                return type;
            }
        }
        throw Suggest.unknown(
                "type of weights",
                name,
                Arrays.stream(values())
                        .map(type -> type.name().toLowerCase(Locale.ROOT))
                        .toList());
    }

    /** Its number in GGUF files. */
    int number() {
        return number;
    }

    TensorType tensorType() {
        return tensorType;
    }

    /** Fills what remains of a little-endian buffer, which is a whole number of blocks. */
    void fill(ByteBuffer out, SplittableRandom random, double deviation) {
        while (out.hasRemaining()) {
            filler.fill(out, random, deviation);
        }
    }

    /** Codes of -128 do not come up when numbers are quantised. */
    private static void fillQ8(ByteBuffer out, SplittableRandom random, double deviation) {
        putHalf(out, scale(random, deviation, 255));
        for (int i = 0; i < 4; i++) {
            long codes = random.nextLong();
            for (int j = 0; j < 8; j++) {
                out.put((byte) Math.max((byte) (codes >> (8 * j)), -127));
            }
        }
    }

    /**
     * Values are {@code d * scale * code - m * minimum} with 6-bit scales and minima of each 32; taking the minima equal to
     * the scales and m as 7.5 d centres them.
     */
    private static void fillQ4K(ByteBuffer out, SplittableRandom random, double deviation) {
        float d = scale(random, deviation, 16) / 36.5f;
        putHalf(out, d);
        putHalf(out, 7.5f * d);
        // Scales and minima have 6 bits: in the low bits of 4 bytes each, then in nibbles and the high bits of those
        // bytes. All bits being random, the scales are uniform over 0..63, whose root mean square is 36.5.
        int low = random.nextInt();
        out.putInt(low).putInt(low);
        int nibbles = random.nextInt() & 0x0F0F0F0F;
        out.putInt(nibbles | nibbles << 4);
        putRandom(out, random, 128);
    }

    /** Values are {@code d * scale * (code - 32)} with 8-bit scales of each 16. */
    private static void fillQ6K(ByteBuffer out, SplittableRandom random, double deviation) {
        putRandom(out, random, 192);
        for (int i = 0; i < 16; i++) {
            out.put((byte) random.nextInt(36, 61));
        }
        putHalf(out, scale(random, deviation, 64) / 48);
    }

    private static void putScaleAndMinimum(ByteBuffer out, SplittableRandom random, double deviation, int codes) {
        float scale = scale(random, deviation, codes);
        putHalf(out, scale);
        putHalf(out, -scale * (codes - 1) / 2);
    }

    /** About the scale at which this number of codes, each as likely, has the deviation. */
    private static float scale(SplittableRandom random, double deviation, int codes) {
        double codeDeviation = Math.sqrt((codes * (double) codes - 1) / 12);
        return (float) (deviation / codeDeviation * random.nextDouble(0.75, 1.25));
    }

    private static float uniform(SplittableRandom random, double deviation) {
        return (float) (random.nextInt() * 0x1p-31 * Math.sqrt(3) * deviation);
    }

    private static void putRandom(ByteBuffer out, SplittableRandom random, int bytes) {
        for (int i = 0; i < bytes; i += Integer.BYTES) {
            out.putInt(random.nextInt());
        }
    }

    private static void putHalf(ByteBuffer out, float value) {
        out.putShort(Float.floatToFloat16(value));
    }
}
