package io.hayloft.bench.run;

import io.hayloft.bench.BenchSpec;
import io.hayloft.bench.fidelity.Passage;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.methods.registry.Methods;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The answers that a model gives to tasks with its full cache, as passages for a comparison without scores. */
public final class FullAnswers {
    private FullAnswers() {}

    /**
     * Answers every sample of a run with the full cache.
     *
     * @param spec of this, all but the methods
     * @return prompts with their answers, without those of fewer than two tokens, which leave nothing to compare,
     *     and without later turns of conversations
     * @throws io.hayloft.base.UserError if data is missing, or a sample does not fit the model
     */
    public static List<Passage> of(BenchSpec spec, LanguageModel model) {
        var full = List.of(Methods.parse("full"));
        var passages = new ArrayList<Passage>();
        try (var job = SampleJob.open(spec.withMethods(List.of("full"), List.of()), model)) {
            for (int i = 0; i < job.count(); i++) {
                var planned = job.choice().planned(i);
                var prompt = planned.prompt();
                if (!prompt.turns().isEmpty()) {
                    continue;
                }
                var answer = job.runner()
                        .answer(prompt, full, planned.rules())
                        .getFirst()
                        .ids();
                if (answer.length >= 2) {
                    var ids = Arrays.copyOf(prompt.ids(), prompt.ids().length + answer.length);
                    System.arraycopy(answer, 0, ids, prompt.ids().length, answer.length);
                    passages.add(new Passage(ids, prompt.ids().length, prompt.compressAfter()));
                }
            }
        }
        return List.copyOf(passages);
    }
}
