package io.hayloft.methods.registry;

import io.hayloft.base.Suggest;
import io.hayloft.base.UserError;
import io.hayloft.methods.Category;
import io.hayloft.methods.Method;
import io.hayloft.methods.MethodInfo;
import io.hayloft.methods.Part;
import io.hayloft.methods.expression.Arguments;
import io.hayloft.methods.expression.MethodCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The registry of methods. Help, docs, conformance tests and the default grid are made from this list. */
public final class Methods {
    private static final int LONGEST = 1000;

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
        entries.add(Windows.streaming());
        entries.add(Windows.paperStreaming());
        entries.add(Windows.infLlm());
        entries.addAll(Evictions.all());
        entries.addAll(Shortenings.all());
        return List.copyOf(entries);
    }

    private static Entry full() {
        var info = new MethodInfo(
                "full",
                Category.CONTROL,
                "Keeps every token in the run's cache type: the baseline of every comparison.",
                "-",
                "",
                List.of(),
                "nothing",
                "full");
        return new Entry(info, arguments -> new Part.Nothing());
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
     * The expressions among which a setting is looked for: every method that the model alone runs, with 2, 4 and 8 bits or at
     * 2x, 4x, 8x and 16x, and the evictions at 2x and 4x with the quantiser that they go with. Left out are controls, methods
     * that follow the code of another benchmark, and those that shorten the text, as what is left of it depends on it.
     */
    public static List<String> searchGrid() {
        var grid = new ArrayList<String>();
        for (var info : all()) {
            if (info.category() == Category.CONTROL
                    || info.category() == Category.PROMPT
                    || info.name().endsWith("-paper")) {
                continue;
            }
            boolean quantises = info.category() == Category.QUANTISE;
            var amounts = quantises ? List.of("8bit", "4bit", "2bit") : List.of("2x", "4x", "8x", "16x");
            amounts.forEach(amount -> grid.add(info.name() + ":" + amount));
            if (info.category() == Category.EVICT) {
                for (var amount : List.of("2x", "4x")) {
                    quantised(info.name() + ":" + amount).ifPresent(grid::add);
                }
            }
        }
        return List.copyOf(grid);
    }

    /** An eviction with 4 bits: those of the first quantiser that it goes with. */
    private static Optional<String> quantised(String eviction) {
        for (var quantiser : List.of(Quantisers.KIVI, Quantisers.FLEXGEN)) {
            var expression = eviction + " + " + quantiser.name() + ":4bit";
            try {
                return Optional.of(parse(expression).name());
            } catch (UserError _) {
                // they do not go together
            }
        }
        return Optional.empty();
    }

    /**
     * Reads an expression such as {@code full}, {@code snapkv:4x} or {@code snapkv:4x + kivi:4bit}.
     *
     * @throws UserError if it names no method, misses its amount, has unknown options or adds what does not go together
     */
    public static Method parse(String expression) {
        if (expression.length() > LONGEST) {
            throw new UserError(
                    "a method expression of " + expression.length() + " characters is too long to be meant");
        }
        var texts = expression.split("\\+", -1);
        var composition = new Composition(expression, texts.length);
        for (var text : texts) {
            var call = MethodCall.parse(text);
            var entry = entry(call.name());
            var arguments = new Arguments(call);
            var part = entry.part().apply(arguments);
            arguments.finish();
            composition.add(entry.info(), arguments, part);
        }
        return composition.method();
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
}
