package io.hayloft.methods;

import io.hayloft.base.UserError;
import io.hayloft.methods.MethodInfo.Parameter;
import io.hayloft.methods.expression.Arguments;
import io.hayloft.methods.policy.DecodeRule;
import io.hayloft.methods.policy.HeavyHitterRule;
import io.hayloft.methods.policy.QueryHeadBuilder;
import io.hayloft.methods.score.HeavyHitterScorer;
import io.hayloft.methods.score.KeyNormScorer;
import io.hayloft.methods.score.ObservedAttentionScorer;
import io.hayloft.methods.score.RandomScorer;
import io.hayloft.methods.score.Scorer;
import io.hayloft.methods.score.SnapKvScorer;
import io.hayloft.methods.score.TovaScorer;
import java.util.List;
import java.util.function.Function;

/** The registry's methods that rate tokens and keep the best of them. */
final class Evictions {
    private static final String CODEC = "a quantiser (+ kivi:4bit)";

    private Evictions() {}

    /** The control of these methods. */
    static Methods.Entry random() {
        return evicting(
                "random",
                School.CONTROL,
                "Keeps tokens drawn at random, anew for each head: what every eviction method must beat.",
                "control of kvpress",
                List.of(new Parameter("seed", "0", "changes the draw")),
                arguments -> new RandomScorer(arguments.integer("seed", 0, 0, Integer.MAX_VALUE)));
    }

    /** All but the control, in the order of help and docs. */
    static List<Methods.Entry> all() {
        return List.of(
                new Methods.Entry(
                                Methods.evictingInfo(
                                        "h2o",
                                        School.EVICT,
                                        "Keeps the tokens that collected most attention and the newest, and evicts at"
                                                + " every step.",
                                        "Zhang et al., arXiv 2306.14048",
                                        List.of(new Parameter(
                                                "heads",
                                                "kv",
                                                "kv: the query heads of a KV head share their choice; query: each"
                                                        + " has its own, as in the authors' code, and the union of a"
                                                        + " group is kept")),
                                        "with heads=kv: flexgen (+ flexgen:4bit), which stores token by token"),
                                Evictions::heavyHitter)
                        .deviating("With heads=kv the query heads of a group share one choice, by the mean of their"
                                + " attention: the paper has no grouped-query models."),
                new Methods.Entry(
                                Methods.evictingInfo(
                                        "h2o-paper",
                                        School.EVICT,
                                        "H2O as the benchmark of arXiv 2407.01527 ran it: only queries after the"
                                            + " prompt count, the first two tokens see everything, and each query head"
                                            + " chooses for itself.",
                                        "code of arXiv 2407.01527; there hidden tokens keep their memory, here the"
                                                + " union of a KV head's choices is what its bytes count",
                                        List.of(),
                                        "nothing: it evicts single tokens at every step"),
                                arguments -> {
                                    var budget = Methods.budget(arguments);
                                    return new Term.Whole(budget, new QueryHeadBuilder(budget, false));
                                })
                        .deviating(
                                "A token hidden from all query heads of a KV head gives its memory back; the code only"
                                        + " masks it. Results are the same.",
                                "The code's first layer begins one step later with Mistral; here all layers begin"
                                        + " together."),
                evicting(
                                "snapkv",
                                School.EVICT,
                                "Keeps what the last queries of the prompt attend to, smoothed over neighbours, and"
                                        + " those last tokens.",
                                "Li et al., arXiv 2404.14469",
                                List.of(
                                        new Parameter("window", "32", "last queries that vote, and are kept"),
                                        new Parameter("kernel", "5", "odd width of the average pooling")),
                                Evictions::snapKv)
                        .deviating("Scores are averaged over the query heads of a group before the choice, so that"
                                + " grouped-query models keep their smaller cache."),
                evicting(
                                "knorm",
                                School.EVICT,
                                "Keeps the tokens whose keys are shortest.",
                                "Devoto et al., arXiv 2406.11430",
                                List.of(),
                                arguments -> new KeyNormScorer())
                        .deviating("The paper leaves the first two layers whole; here every layer is compressed."),
                evicting(
                                "tova",
                                School.EVICT,
                                "Keeps what the newest query attends to, the same tokens in every head of a layer.",
                                "Oren et al., arXiv 2401.06104",
                                List.of(),
                                arguments -> new TovaScorer())
                        .deviating(
                                "The choice is made once, after the prompt; the paper evicts a token at every step."),
                evicting(
                        "observed",
                        School.EVICT,
                        "Keeps the tokens with the highest mean attention over the prompt queries that could see them.",
                        "prompt-time H2O of kvpress",
                        List.of(),
                        arguments -> new ObservedAttentionScorer()));
    }

    private static Methods.Entry evicting(
            String name,
            School school,
            String idea,
            String source,
            List<Parameter> parameters,
            Function<Arguments, Scorer> scorer) {
        return new Methods.Entry(
                Methods.evictingInfo(name, school, idea, source, parameters, CODEC),
                arguments -> new Term.Evict(scorer.apply(arguments), Methods.budget(arguments), DecodeRule.GROW));
    }

    private static Term heavyHitter(Arguments arguments) {
        var budget = Methods.budget(arguments);
        return arguments.choice("heads", "kv", "query").equals("query")
                ? new Term.Whole(budget, new QueryHeadBuilder(budget, true))
                : new Term.Evict(new HeavyHitterScorer(), budget, new HeavyHitterRule());
    }

    private static Scorer snapKv(Arguments arguments) {
        int window = arguments.integer("window", 32, 1, 4096);
        int kernel = arguments.integer("kernel", 5, 1, 255);
        if (kernel % 2 == 0) {
            throw new UserError("option kernel of snapkv must be odd, not " + kernel);
        }
        return new SnapKvScorer(window, kernel);
    }
}
