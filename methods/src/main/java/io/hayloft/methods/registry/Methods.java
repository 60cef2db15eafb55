package io.hayloft.methods;

import io.hayloft.base.Suggest;
import io.hayloft.base.UserError;
import io.hayloft.methods.expression.Arguments;
import io.hayloft.methods.expression.MethodCall;
import io.hayloft.methods.policy.DecodeRule;
import java.util.ArrayList;
import java.util.List;

/** The registry of methods. Help, docs, conformance tests and the default grid are made from this list. */
public final class Methods {
    private static final String RATIO = "ratio (4x) or tokens (512)";

    record Entry(MethodInfo info, Term.Factory factory) {
        Entry deviating(String... sentences) {
            return new Entry(info.deviating(sentences), factory);
        }
    }

    private static final List<Entry> REGISTRY = registry();

    private Methods() {}

    /** Every entry, in the order of help and docs. */
    private static List<Entry> registry() {
        var entries = new ArrayList<Entry>();
        entries.add(full());
        entries.add(Evictions.random());
        entries.add(new Entry(Quantisers.KIVI, Quantisers::kivi));
        entries.add(new Entry(Quantisers.KIVI_PAPER, Quantisers::kiviPaper));
        entries.add(new Entry(Quantisers.FLEXGEN, Quantisers::flexGen));
        entries.add(new Entry(Quantisers.FLEXGEN_PAPER, Quantisers::flexGenPaper));
        entries.add(WindowMethods.sliding());
        entries.add(WindowMethods.paperSliding());
        entries.add(WindowMethods.retrieving());
        entries.addAll(Evictions.all());
        entries.addAll(Shortenings.all());
        return List.copyOf(entries);
    }

    private static Entry full() {
        var info = new MethodInfo(
                "full",
                School.CONTROL,
                "Keeps every token in the run's cache type: the baseline of every comparison.",
                "-",
                "",
                List.of(),
                "nothing",
                "full");
        return new Entry(info, arguments -> new Term.Keep());
    }

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

    static MethodInfo evictingInfo(
            String name,
            School school,
            String idea,
            String source,
            List<MethodInfo.Parameter> parameters,
            String composesWith) {
        return new MethodInfo(name, school, idea, source, RATIO, parameters, composesWith, name + ":4x");
    }

    static Budget budget(Arguments arguments) {
        var budget = Budget.parse(arguments.amount("4x"));
        arguments.printAmountAs(budget.text());
        return budget;
    }
}
