package io.hayloft.methods.prompt;

import io.hayloft.engine.model.LanguageModel;
import io.hayloft.engine.model.LogitsSink;
import io.hayloft.engine.model.PrefillOptions;
import io.hayloft.kernels.VectorOps;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.kv.cache.SequenceCache;
import java.util.Arrays;

/** How little a model expected the tokens and words of a text: {@code -log p} of each, given those before it. */
final class SelfInformation {
    /** Share of a window that a text longer than the model's context sees again in the next window. */
    private static final int OVERLAP = 4;

    private final LanguageModel model;

    SelfInformation(LanguageModel model) {
        this.model = model;
    }

    /** The information of each word: the sum over its tokens, in nats. */
    double[] ofWords(String text, Words words) {
        var tokenizer = model.tokenizer();
        var plain = tokenizer.encode(text, false, false);
        var ids = tokenizer.encode(text, true, false);
        int start = ids.length > plain.length && ids[0] != plain[0] ? 1 : 0;
        var information = ofTokens(Arrays.copyOf(ids, start + plain.length));
        return assign(plain, information, start, text, words);
    }

    /** Information of each token; that of the first, which nothing stands before, is that of a random guess. */
    double[] ofTokens(int[] ids) {
        int window = Math.min(ids.length, model.config().contextLength());
        var information = new double[ids.length];
        information[0] = Math.log(model.config().vocabulary());
        for (int done = 1; done < ids.length; ) {
            int from = done == 1 ? 0 : done - Math.max(1, window / OVERLAP);
            int to = Math.min(ids.length, from + window);
            read(Arrays.copyOfRange(ids, from, to), from, done, information);
            done = to;
        }
        return information;
    }

    private void read(int[] window, int from, int first, double[] information) {
        int vocabulary = model.config().vocabulary();
        var sink = new LogitsSink() {
            @Override
            public boolean wants(int row) {
                return row + 1 < window.length && from + row + 1 >= first;
            }

            @Override
            public void accept(int row, float[] logits, int at) {
                information[from + row + 1] =
                        VectorOps.logSumExp(logits, at, vocabulary) - logits[at + window[row + 1]];
            }
        };
        try (var cache = new SequenceCache(model.cacheShape(), new KvCodec.F16(), window.length)) {
            model.decoder().prefill(window, 0, window.length, cache, PrefillOptions.logits(sink));
        }
    }

    /**
     * Adds the information of each token to the word in which its first visible character lies. Tokens and text are
     * aligned by counting visible characters, which tokenizers keep; where one changes them, proportionally.
     */
    private double[] assign(int[] ids, double[] information, int start, String text, Words words) {
        var pieces = new int[ids.length];
        var stream = model.tokenizer().stream();
        long decoded = 0;
        for (int i = 0; i < ids.length; i++) {
            pieces[i] = visible(stream.push(ids[i]), 0, Integer.MAX_VALUE);
            decoded += pieces[i];
        }
        decoded += visible(stream.flush(), 0, Integer.MAX_VALUE);
        long visible = visible(text, 0, text.length());

        var sums = new double[words.count()];
        double pending = 0;
        long at = 0;
        int word = 0;
        long end = visibleIn(text, words, 0);
        for (int i = 0; i < ids.length; i++) {
            pending += information[start + i];
            if (pieces[i] > 0) {
                long place = at * visible / Math.max(1, decoded);
                while (word + 1 < sums.length && place >= end) {
                    word++;
                    end += visibleIn(text, words, word);
                }
                sums[word] += pending;
                pending = 0;
                at += pieces[i];
            }
        }
        sums[sums.length - 1] += pending;
        return sums;
    }

    private static int visibleIn(String text, Words words, int word) {
        return visible(text, words.span(word)[0], words.span(word)[1]);
    }

    private static int visible(String text, int from, int to) {
        int count = 0;
        for (int i = from; i < Math.min(to, text.length()); i++) {
            count += Words.isSpace(text.charAt(i)) ? 0 : 1;
        }
        return count;
    }
}
