package io.hayloft.methods;

import static io.hayloft.methods.MethodInfo.Parameter;

import io.hayloft.base.Suggest;
import io.hayloft.base.UserError;
import io.hayloft.methods.expression.Arguments;
import io.hayloft.methods.expression.MethodCall;
import io.hayloft.methods.policy.DecodeRule;
import io.hayloft.methods.policy.HeavyHitterRule;
import io.hayloft.methods.policy.QueryHeadBuilder;
import io.hayloft.methods.prompt.CompressorKind;
import io.hayloft.methods.prompt.PromptStep;
import io.hayloft.methods.score.HeavyHitterScorer;
import io.hayloft.methods.score.KeyNormScorer;
import io.hayloft.methods.score.ObservedAttentionScorer;
import io.hayloft.methods.score.RandomScorer;
import io.hayloft.methods.score.Scorer;
import io.hayloft.methods.score.SnapKvScorer;
import io.hayloft.methods.score.TovaScorer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** The registry of methods. Help, docs, conformance tests and the default grid are made from this list. */
public final class Methods {
    private static final String RATIO = "ratio (4x) or tokens (512)";
    private static final String CODEC = "a quantiser (+ kivi:4bit)";

    record Entry(MethodInfo info, Term.Factory factory) {
        Entry deviating(String... sentences) {
            return new Entry(info.deviating(sentences), factory);
        }
    }

    private static final List<Entry> REGISTRY = List.of(
            new Entry(
                    new MethodInfo(
                            "full",
                            School.CONTROL,
                            "Keeps every token in the run's cache type: the baseline of every comparison.",
                            "-",
                            "",
                            List.of(),
                            "nothing",
                            "full"),
                    arguments -> new Term.Keep()),
            evicting(
                    "random",
                    School.CONTROL,
                    "Keeps tokens drawn at random, anew for each head: what every eviction method must beat.",
                    "control of kvpress",
                    List.of(new Parameter("seed", "0", "changes the draw")),
                    arguments -> new RandomScorer(arguments.integer("seed", 0, 0, Integer.MAX_VALUE))),
            new Entry(Quantisers.KIVI, Quantisers::kivi),
            new Entry(Quantisers.KIVI_PAPER, Quantisers::kiviPaper),
            new Entry(Quantisers.FLEXGEN, Quantisers::flexGen),
            new Entry(Quantisers.FLEXGEN_PAPER, Quantisers::flexGenPaper),
            WindowMethods.sliding(),
            WindowMethods.paperSliding(),
            WindowMethods.retrieving(),
            new Entry(
                            evictingInfo(
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
                            Methods::heavyHitter)
                    .deviating("With heads=kv the query heads of a group share one choice, by the mean of their"
                            + " attention: the paper has no grouped-query models."),
            new Entry(
                            evictingInfo(
                                    "h2o-paper",
                                    School.EVICT,
                                    "H2O as the benchmark of arXiv 2407.01527 ran it: only queries after the prompt"
                                            + " count, the first two tokens see everything, and each query head chooses"
                                            + " for itself.",
                                    "code of arXiv 2407.01527; there hidden tokens keep their memory, here the union"
                                            + " of a KV head's choices is what its bytes count",
                                    List.of(),
                                    "nothing: it evicts single tokens at every step"),
                            arguments -> {
                                var budget = budget(arguments);
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
                            "Keeps what the last queries of the prompt attend to, smoothed over neighbours, and those"
                                    + " last tokens.",
                            "Li et al., arXiv 2404.14469",
                            List.of(
                                    new Parameter("window", "32", "last queries that vote, and are kept"),
                                    new Parameter("kernel", "5", "odd width of the average pooling")),
                            Methods::snapKv)
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
                    .deviating("The choice is made once, after the prompt; the paper evicts a token at every step."),
            evicting(
                    "observed",
                    School.EVICT,
                    "Keeps the tokens with the highest mean attention over the prompt queries that could see them.",
                    "prompt-time H2O of kvpress",
                    List.of(),
                    arguments -> new ObservedAttentionScorer()),
            shortening(
                            "llmlingua2",
                            "Leaves out the words of the document that a small classifier finds least worth keeping;"
                                    + " the model reads a shorter text.",
                            "Pan et al., arXiv 2403.12968",
                            List.of(
                                    new Parameter(
                                            "rate",
                                            "target",
                                            "target: met in tokens of the model; gpt: the original's rule, whose count"
                                                    + " of GPT-3.5 tokens is estimated as a quarter of a word's bytes"),
                                    new Parameter(
                                            "model",
                                            "HAYLOFT_LLMLINGUA2",
                                            "folder of the classifier: config.json, model.safetensors,"
                                                    + " tokenizer.json")),
                            Methods::classifier)
                    .deviating(
                            "The ratio is met in tokens of the model unless rate=gpt asks for the original's rule.",
                            "GPT-3.5 tokens, by which that rule counts, are estimated."),
            shortening(
                            "selective",
                            "Leaves out the words of the document that the model itself expected most; the model reads"
                                    + " a shorter text.",
                            "after Li et al., arXiv 2310.06201",
                            List.of(),
                            arguments -> new CompressorKind.ModelItself())
                    .deviating("It leaves out words, not phrases, and the model that answers is the one that judges."));

    private Methods() {}

    /** Every method, in the order of help and docs. */
    public static List<MethodInfo> all() {
        return REGISTRY.stream().map(Entry::info).toList();
    }

    /** The expressions of a run that names no methods. */
    public static List<String> defaultGrid() {
        var grid = new ArrayList<>(List.of("full", "kivi:4bit", "kivi:2bit"));
        for (var family : List.of("random", "streaming", "h2o", "snapkv")) {
            for (var ratio : List.of("2x", "4x", "8x")) {
                grid.add(family + ":" + ratio);
            }
        }
        return List.copyOf(grid);
    }

    /**
     * Reads an expression such as {@code full}, {@code snapkv:4x} or {@code snapkv:4x + kivi:4bit}.
     *
     * @throws UserError if it names no method, misses its amount, has unknown options or adds what does not go together
     */
    public static Method parse(String expression) {
        if (expression.length() > 1000) {
            throw new UserError(
                    "a method expression of " + expression.length() + " characters is too long to be meant");
        }
        var names = new ArrayList<String>();
        var families = new ArrayList<String>();
        Term.Shorten shorten = null;
        Term.Evict evict = null;
        Term.Store store = null;
        Term.Whole whole = null;
        School school = School.CONTROL;
        var terms = expression.split("\\+", -1);
        for (var text : terms) {
            var call = MethodCall.parse(text);
            var entry = entry(call.name());
            var arguments = new Arguments(call);
            var term = entry.factory().create(arguments);
            arguments.finish();
            names.add(arguments.text());
            families.add(call.name());
            school = terms.length > 1 ? School.COMPOSED : entry.info().school();
            switch (term) {
                case Term.Whole own -> {
                    refuseIf(evict != null || store != null || whole != null, expression, byItself(call.name()));
                    whole = own;
                }
                case Term.Keep keep -> refuseIf(terms.length > 1, expression, "full keeps everything");
                case Term.Shorten step -> {
                    refuseIf(shorten != null, expression, "a prompt is shortened once");
                    refuseIf(
                            evict != null || store != null || whole != null,
                            expression,
                            call.name() + " works before the model reads the prompt: put it first");
                    shorten = step;
                }
                case Term.Evict choice -> {
                    refuseIf(whole != null, expression, byItself(before(families)));
                    refuseIf(evict != null, expression, "two methods that choose tokens do not add up");
                    refuseIf(store != null, expression, "tokens are chosen before they are stored: put it first");
                    evict = choice;
                }
                case Term.Store codec -> {
                    refuseIf(whole != null, expression, byItself(before(families)));
                    refuseIf(store != null, expression, "tokens can be stored in one way only");
                    refuseIf(
                            evict != null && codec.promptToo(),
                            expression,
                            call.name() + " reads the prompt as it stores it, and is compared alone");
                    refuseIf(
                            evict != null
                                    && !evict.rule().equals(DecodeRule.GROW)
                                    && !codec.codec().codesTokensAlone(),
                            expression,
                            families.get(Math.max(0, families.size() - 2))
                                    + " evicts single tokens while decoding, which packed groups do not allow");
                    store = codec;
                }
            }
        }
        var name = String.join(" + ", names);
        var family = String.join(" + ", families);
        return whole == null
                ? new ComposedMethod(name, family, school, shorten, evict, store)
                : new WholeMethod(name, family, school, shorten, whole);
    }

    /** The term in front of the last one, if there is one. */
    private static String before(List<String> families) {
        return families.get(Math.max(0, families.size() - 2));
    }

    private static String byItself(String name) {
        return name + " looks after its cache by itself";
    }

    private static void refuseIf(boolean wrong, String expression, String reason) {
        if (wrong) {
            throw new UserError("'" + expression.strip() + "' does not go together: " + reason);
        }
    }

    private static Entry entry(String name) {
        for (var entry : REGISTRY) {
            if (entry.info().name().equals(name)) {
                return entry;
            }
        }
        throw Suggest.unknown(
                "method", name, all().stream().map(MethodInfo::name).toList());
    }

    private static Entry evicting(
            String name,
            School school,
            String idea,
            String source,
            List<Parameter> parameters,
            Function<Arguments, Scorer> scorer) {
        return new Entry(
                evictingInfo(name, school, idea, source, parameters, CODEC),
                arguments -> new Term.Evict(scorer.apply(arguments), budget(arguments), DecodeRule.GROW));
    }

    static MethodInfo evictingInfo(
            String name, School school, String idea, String source, List<Parameter> parameters, String composesWith) {
        return new MethodInfo(name, school, idea, source, RATIO, parameters, composesWith, name + ":4x");
    }

    private static Term heavyHitter(Arguments arguments) {
        var budget = budget(arguments);
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

    private static Entry shortening(
            String name,
            String idea,
            String source,
            List<Parameter> parameters,
            Function<Arguments, CompressorKind> kind) {
        return new Entry(
                evictingInfo(name, School.PROMPT, idea, source, parameters, "any method of another school, behind it"),
                arguments -> new Term.Shorten(new PromptStep(kind.apply(arguments), budget(arguments))));
    }

    private static CompressorKind classifier(Arguments arguments) {
        boolean gpt = arguments.choice("rate", "target", "gpt").equals("gpt");
        return new CompressorKind.Classifier(arguments.path("model"), gpt);
    }

    static Budget budget(Arguments arguments) {
        var budget = Budget.parse(arguments.amount("4x"));
        arguments.printAmountAs(budget.text());
        return budget;
    }
}
