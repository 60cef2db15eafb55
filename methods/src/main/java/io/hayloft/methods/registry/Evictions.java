package io.hayloft.methods.registry;

import io.hayloft.base.UserError;
import io.hayloft.methods.Allocator;
import io.hayloft.methods.Category;
import io.hayloft.methods.DecodeRule;
import io.hayloft.methods.Eviction;
import io.hayloft.methods.MethodInfo.Parameter;
import io.hayloft.methods.Part;
import io.hayloft.methods.Scorer;
import io.hayloft.methods.allocate.Ada;
import io.hayloft.methods.allocate.Uniform;
import io.hayloft.methods.expression.Arguments;
import io.hayloft.methods.policy.HeavyHitterRule;
import io.hayloft.methods.policy.LastQueryRule;
import io.hayloft.methods.policy.QueryHeadMethod;
import io.hayloft.methods.score.HeavyHitterScorer;
import io.hayloft.methods.score.KeyNormScorer;
import io.hayloft.methods.score.LastQueryScorer;
import io.hayloft.methods.score.ObservedAttentionScorer;
import io.hayloft.methods.score.RandomScorer;
import io.hayloft.methods.score.SnapKvScorer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** The registry's methods that score tokens and keep the best of them, and the options that these share. */
final class Evictions {
    private static final String ANY_CODEC = "a quantiser (+ kivi:4bit)";
    private static final String EVICTS_AT_EVERY_STEP = "flexgen (+ flexgen:4bit), which stores token by token";

    /** The option of {@link #allocator}. */
    static final Parameter ALLOCATOR = new Parameter(
            "allocator",
            "uniform",
            "uniform: every head keeps the same number of tokens; ada: the heads of a layer share one budget (Ada-KV,"
                    + " Feng et al., arXiv 2407.11550, safeguard 0.2)");

    private Evictions() {}

    /** The control of these methods. */
    static Entry random() {
        return evicting(
                "random",
                Category.CONTROL,
                "Keeps tokens drawn at random, anew for each head: what every eviction method must beat.",
                "control of kvpress",
                List.of(new Parameter("seed", "0", "changes the draw")),
                arguments -> new RandomScorer(arguments.integer("seed", 0, 0, Integer.MAX_VALUE)));
    }

    /** All but the control, in the order of help and docs. */
    static List<Entry> all() {
        return List.of(heavyHitters(), paperHeavyHitters(), snapKv(), keyNorm(), tova(), tovaPrompt(), observed());
    }

    private static Entry heavyHitters() {
        var info = Entry.budgeted(
                "h2o",
                Category.EVICT,
                "Keeps the tokens that collected most attention and the newest, and evicts at every step.",
                "Zhang et al., arXiv 2306.14048",
                withShared(new Parameter(
                        "heads",
                        "kv",
                        "kv: the query heads of a KV head share their choice; query: each has its own, as in the"
                                + " authors' code, and the union of a group is kept")),
                "with heads=kv: " + EVICTS_AT_EVERY_STEP);
        return new Entry(info, Evictions::heavyHitter)
                .deviating(
                        "With heads=kv the query heads of a group share one choice, by the mean of their attention: the"
                                + " paper has no grouped-query models.");
    }

    private static Part heavyHitter(Arguments arguments) {
        boolean perQueryHead = arguments.choice("heads", "kv", "query").equals("query");
        var allocator = allocator(arguments);
        var budget = Entry.budget(arguments);
        if (perQueryHead && !(allocator instanceof Uniform)) {
            throw new UserError("h2o with heads=query gives every query head the same budget: leave out allocator");
        }
        return perQueryHead
                ? new Part.Standalone(budget, id -> new QueryHeadMethod(id, budget, true))
                : new Part.Evict(new Eviction(new HeavyHitterScorer(), budget, allocator, new HeavyHitterRule()));
    }

    private static Entry paperHeavyHitters() {
        var info = Entry.budgeted(
                "h2o-paper",
                Category.EVICT,
                "H2O as the benchmark of arXiv 2407.01527 ran it: only queries after the prompt count, the first two"
                        + " tokens see everything, and each query head chooses for itself.",
                "code of arXiv 2407.01527; there hidden tokens keep their memory, here the union of a KV head's"
                        + " choices is what its bytes count",
                List.of(),
                "nothing: it evicts single tokens at every step");
        return new Entry(info, arguments -> {
                    var budget = Entry.budget(arguments);
                    return new Part.Standalone(budget, id -> new QueryHeadMethod(id, budget, false));
                })
                .deviating(
                        "A token hidden from all query heads of a KV head gives its memory back; the code only masks"
                                + " it. Results are the same.",
                        "The code's first layer begins one step later with Mistral; here all layers begin together.");
    }

    private static Entry snapKv() {
        return evicting(
                        "snapkv",
                        Category.EVICT,
                        "Keeps what the last queries of the prompt attend to, smoothed over neighbours, and those last"
                                + " tokens.",
                        "Li et al., arXiv 2404.14469",
                        List.of(
                                new Parameter("window", "32", "last queries that vote, and are kept"),
                                new Parameter("kernel", "5", "odd width of the average pooling")),
                        Evictions::snapKv)
                .deviating(
                        "Scores are averaged over the query heads of a group before the choice, so that grouped-query"
                                + " models keep their smaller cache.");
    }

    private static Scorer snapKv(Arguments arguments) {
        int window = arguments.integer("window", 32, 1, 4096);
        int kernel = arguments.integer("kernel", 5, 1, 255);
        if (kernel % 2 == 0) {
            throw new UserError("option kernel of snapkv must be odd, not " + kernel);
        }
        return new SnapKvScorer(window, kernel);
    }

    /** Version 2: ties are no longer broken by rounding. */
    private static Entry keyNorm() {
        return evicting(
                        "knorm",
                        Category.EVICT,
                        "Keeps the tokens whose keys are shortest.",
                        "Devoto et al., arXiv 2406.11430",
                        List.of(),
                        arguments -> new KeyNormScorer())
                .deviating("The paper compresses no token of the first two layers; here every layer is compressed.")
                .version(2);
    }

    /** Version 2: evicts at every step; version 1 is {@code tova-prompt} now. */
    private static Entry tova() {
        var info = Entry.budgeted(
                "tova",
                Category.EVICT,
                "Evicts at every step the token that the current query attends to least, the same in every head of a"
                        + " layer.",
                "Oren et al., arXiv 2401.06104",
                withShared(),
                EVICTS_AT_EVERY_STEP);
        return new Entry(info, arguments -> {
                    var allocator = allocator(arguments);
                    var budget = Entry.budget(arguments);
                    return new Part.Evict(
                            new Eviction(new LastQueryScorer(false), budget, allocator, new LastQueryRule()));
                })
                .deviating("The prompt is read exactly, and its last query chooses the tokens that stay, all at once.")
                .version(2);
    }

    private static Entry tovaPrompt() {
        return evicting(
                        "tova-prompt",
                        Category.EVICT,
                        "Keeps what the newest query of the prompt attends to, the same tokens in every head of a"
                                + " layer.",
                        "kvpress, after Oren et al., arXiv 2401.06104",
                        List.of(),
                        arguments -> new LastQueryScorer(true))
                .deviating("The choice is made once, after the prompt, and the newest token is always kept, as in"
                        + " kvpress; the paper's method is tova.");
    }

    private static Entry observed() {
        return evicting(
                "observed",
                Category.EVICT,
                "Keeps the tokens with the highest mean attention over the prompt queries that could see them.",
                "prompt-time H2O of kvpress",
                List.of(),
                arguments -> new ObservedAttentionScorer());
    }

    /** A method that chooses once, when the prompt has been read. */
    private static Entry evicting(
            String name,
            Category category,
            String idea,
            String source,
            List<Parameter> parameters,
            Function<Arguments, Scorer> scorer) {
        var info = Entry.budgeted(
                name, category, idea, source, withShared(parameters.toArray(Parameter[]::new)), ANY_CODEC);
        return new Entry(info, arguments -> {
            var own = scorer.apply(arguments);
            var allocator = allocator(arguments);
            return new Part.Evict(new Eviction(own, Entry.budget(arguments), allocator, DecodeRule.GROW));
        });
    }

    /** A method's own parameters, and those that every eviction has. */
    static List<Parameter> withShared(Parameter... own) {
        var all = new ArrayList<>(List.of(own));
        all.add(ALLOCATOR);
        return List.copyOf(all);
    }

    /** Reads the option that says how the budget is shared among heads. A new allocator is one word more here. */
    static Allocator allocator(Arguments arguments) {
        return switch (arguments.choice("allocator", "uniform", "ada")) {
            case "ada" -> Ada.PAPER;
            default -> new Uniform();
        };
    }
}
