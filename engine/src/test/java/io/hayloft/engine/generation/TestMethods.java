package io.hayloft.engine.generation;

import io.hayloft.engine.model.SignalRequest;
import io.hayloft.kv.cache.Compaction;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.kv.cache.SequenceCache;
import java.util.stream.IntStream;

/** Recipes simple enough to check by hand. */
final class TestMethods {
    private TestMethods() {}

    /** Keeps every n-th token, and the newest one. */
    static CompressionMethod everyNth(int n) {
        return recipe("every" + n, SignalRequest.NONE, prefill -> {
            var shape = prefill.cache().shape();
            var keep = new int[shape.layers()][shape.kvHeads()][];
            for (int layer = 0; layer < keep.length; layer++) {
                int tokens = prefill.view(layer).tokens();
                for (int head = 0; head < keep[layer].length; head++) {
                    keep[layer][head] = IntStream.range(0, tokens)
                            .filter(slot -> slot % n == 0 || slot == tokens - 1)
                            .toArray();
                }
            }
            return Compaction.select(
                    prefill.cache(),
                    keep,
                    prefill.cache().codec(),
                    0,
                    null,
                    prefill.model().pool());
        });
    }

    /** Keeps all tokens in another form. */
    static CompressionMethod stored(KvCodec codec) {
        return recipe(
                codec.text(),
                SignalRequest.NONE,
                prefill -> Compaction.select(
                        prefill.cache(), null, codec, 0, null, prefill.model().pool()));
    }

    /** Lets the prompt see all tokens in a form, and keeps that. */
    static CompressionMethod readAs(KvCodec codec) {
        return new CompressionMethod() {
            @Override
            public String name() {
                return "read as " + codec.text();
            }

            @Override
            public SignalRequest signals() {
                return SignalRequest.NONE;
            }

            @Override
            public PrefillPattern prefillPattern() {
                return new PrefillPattern.Stored(codec);
            }

            @Override
            public SequenceCache build(Prefilled prefill) {
                return prefill.cache().fork();
            }

            @Override
            public boolean keepsAll() {
                return true;
            }
        };
    }

    interface Builder {
        SequenceCache build(Prefilled prefill);
    }

    static CompressionMethod recipe(String name, SignalRequest signals, Builder builder) {
        return new CompressionMethod() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public SignalRequest signals() {
                return signals;
            }

            @Override
            public SequenceCache build(Prefilled prefill) {
                return builder.build(prefill);
            }
        };
    }
}
