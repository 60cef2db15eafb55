package io.hayloft.bench;

import io.hayloft.base.Suggest;
import io.hayloft.base.UserError;
import io.hayloft.kv.cache.KvCodec;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** How a full cache may be stored: every token by itself and nearly exact, so that it can be what methods start from. */
public final class CacheTypes {
    private static final List<String> NAMES = List.of("f32", "f16", "q8");

    private static final String Q8 = "8 bits are called q8 here";
    private static final String F16 = "16 bits are called f16 here";
    private static final String METHOD = "fewer than 8 bits are a method, such as --method kivi:4bit";

    /** Advice for the names that other programs give. */
    private static final Map<String, String> HINTS = Map.ofEntries(
            Map.entry("q8_0", Q8),
            Map.entry("int8", Q8),
            Map.entry("fp8", "there are no 8-bit floats; " + Q8),
            Map.entry("fp8_e4m3", "there are no 8-bit floats; " + Q8),
            Map.entry("fp8_e5m2", "there are no 8-bit floats; " + Q8),
            Map.entry("fp16", F16),
            Map.entry("float16", F16),
            Map.entry("half", F16),
            Map.entry("bf16", "there is no bf16; " + F16),
            Map.entry("auto", "known are: " + String.join(", ", NAMES)),
            Map.entry("fp32", "32 bits are called f32 here"),
            Map.entry("float32", "32 bits are called f32 here"),
            Map.entry("q4_0", METHOD),
            Map.entry("q4_1", METHOD),
            Map.entry("q5_0", METHOD),
            Map.entry("q5_1", METHOD),
            Map.entry("iq4_nl", METHOD),
            Map.entry("int4", METHOD),
            Map.entry("q4", METHOD));

    private CacheTypes() {}

    /**
     * The type of this name. Coarser codecs are methods, such as {@code kivi:4bit}.
     *
     * @throws io.hayloft.base.UserError if there is none, with the names
     */
    public static KvCodec parse(String name) {
        var hint = HINTS.get(name.toLowerCase(Locale.ROOT));
        if (hint != null && !NAMES.contains(name)) {
            throw new UserError("unknown cache type '" + name + "': " + hint);
        }
        if (!NAMES.contains(name)) {
            throw Suggest.unknown("cache type", name, NAMES);
        }
        return KvCodec.parse(name);
    }
}
