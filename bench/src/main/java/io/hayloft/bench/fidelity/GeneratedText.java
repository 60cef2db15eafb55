package io.hayloft.bench.fidelity;

import io.hayloft.engine.tokenizer.Tokenizer;
import io.hayloft.tasks.SampleRequest;
import io.hayloft.tasks.Tasks;
import io.hayloft.tasks.TokenCounter;

/** Text for a comparison when the user brings none: prompts of the project's own tasks. */
public final class GeneratedText {
    private static final int SAMPLE_TOKENS = 256;

    private GeneratedText() {}

    /** The ids of one sample of every task of the mini suite that the tokenizer can write, else of a needle; joined. */
    public static int[] tokens(Tokenizer tokenizer) {
        var counter = counter(tokenizer);
        var suited = Tasks.miniSuite().stream()
                .filter(task -> task.suitedTo(counter))
                .toList();
        int length = suited.isEmpty() ? 2 * SAMPLE_TOKENS : SAMPLE_TOKENS;
        var text = new StringBuilder();
        for (var task : suited.isEmpty() ? Tasks.parse("needle") : suited) {
            var request = new SampleRequest(length, 1, 1, null, 0, counter);
            var sample = task.samples(request).getFirst();
            text.append(sample.prompt().text())
                    .append(' ')
                    .append(sample.references().getFirst());
            text.append('\n');
        }
        return tokenizer.encode(text.toString(), true, false);
    }

    private static TokenCounter counter(Tokenizer tokenizer) {
        return new TokenCounter() {
            @Override
            public int[] encode(String text) {
                return tokenizer.encode(text, false, false);
            }

            @Override
            public String decode(int[] ids) {
                return tokenizer.decode(ids, true);
            }
        };
    }
}
