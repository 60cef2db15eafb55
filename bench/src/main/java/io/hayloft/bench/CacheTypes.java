package io.hayloft.bench;

import io.hayloft.base.Suggest;
import io.hayloft.kv.cache.KvCodec;
import java.util.List;

/** How a full cache may be stored: every token by itself and nearly exact, so that it can be what methods start from. */
public final class CacheTypes {
    private static final List<String> NAMES = List.of("f32", "f16", "q8");

    private CacheTypes() {}

    /**
     * The type of this name. Coarser codecs are methods, such as {@code kivi:4bit}.
     *
     * @throws io.hayloft.base.UserError if there is none, with the names
     */
    public static KvCodec parse(String name) {
        if (!NAMES.contains(name)) {
            throw Suggest.unknown("cache type", name, NAMES);
        }
        return KvCodec.parse(name);
    }
}
