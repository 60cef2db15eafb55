package io.hayloft.bench.fidelity;

import io.hayloft.tasks.SampleRequest;
import io.hayloft.tasks.TokenCounter;
import io.hayloft.tasks.registry.Tasks;
import io.hayloft.tokenizer.Tokenizer;

/** Text for a comparison when the user brings none: prompts of the project's own tasks. */
public final class GeneratedText {
    private static final int SAMPLE_TOKENS = 256;

    private GeneratedText() {}

    /**
     * The ids of one sample of every task of the mini suite that the tokenizer can write, else of a needle; joined. More
     * samples follow until there are enough ids.
     *
     * @param most how many ids; each task gets an equal share, and what it does not need is for those after it
     */
    public static int[] tokens(Tokenizer tokenizer, int most) {
        var counter = counter(tokenizer);
        var suited = Tasks.miniSuite().stream()
                .filter(task -> task.suitedTo(counter))
                .toList();
        int length = suited.isEmpty() ? 2 * SAMPLE_TOKENS : SAMPLE_TOKENS;
        var tasks = suited.isEmpty() ? Tasks.parse("needle") : suited;
        var ids = new int[most];
        int count = 0;
        for (int round = 0; count < most; round++) {
            var request = new SampleRequest(length, 1, 1 + round, null, 0, counter);
            for (int i = 0; i < tasks.size(); i++) {
                var sample = tasks.get(i).samples(request).getFirst();
                var text = sample.prompt().text() + " " + sample.references().getFirst() + "\n";
                var all = tokenizer.encode(text, count == 0, false);
                int share = Math.min(all.length, Math.ceilDiv(most - count, tasks.size() - i));
                System.arraycopy(all, 0, ids, count, share);
                count += share;
            }
        }
        return ids;
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
