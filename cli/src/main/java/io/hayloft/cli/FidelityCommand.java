package io.hayloft.cli;

import io.hayloft.base.Sizes;
import io.hayloft.base.UserError;
import io.hayloft.bench.fidelity.Fidelity;
import io.hayloft.bench.fidelity.GeneratedText;
import io.hayloft.bench.fidelity.MethodFidelity;
import io.hayloft.bench.fidelity.Passage;
import io.hayloft.bench.fidelity.PrefillRate;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.hub.ResolvedModel;
import io.hayloft.kernels.PrefillBackends;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code hayloft fidelity}: how near the distributions of methods or backends are to the exact ones. */
@Command(
        name = "fidelity",
        description = {
            "Compare the next-token distributions of methods with those of the full cache, without tasks and metrics.",
            "",
            "The model reads the beginning of a text, each method compresses its cache, and all caches read the rest of"
                    + " the text in lockstep. The text is yours, or some that the tasks generate.",
            "",
            "Without --methods, a backend is compared with Hayloft's own kernels: how far its distributions are from"
                    + " the exact ones, and how fast both read a prompt. The model is loaded twice for that."
        },
        footer = {
            "",
            "Examples:",
            "  hayloft fidelity --methods kivi:4bit,kivi:2bit,snapkv:4x",
            "  hayloft fidelity --methods snapkv:4x --model smollm2-135m --text book.txt --tokens 4k",
            "  hayloft fidelity --methods snapkv:4x --answers --tasks mini --samples 3",
            "  hayloft fidelity --backend onednn",
            "  hayloft fidelity --backend onednn --model smollm2-135m --prompt-file report.txt"
        })
final class FidelityCommand extends Subcommand {
    private static final int ROUNDS = 5;
    private static final int TOKENS = 512;
    private static final int TOKENS_FOR_METHODS = 2048;

    @Mixin
    private ModelOptions model = new ModelOptions(new ConfigOptions()); // --context is the text's here

    @ArgGroup(exclusive = true)
    private @Nullable PromptSource prompt;

    @Option(names = "--text", paramLabel = "FILE", description = "The same as --prompt-file.")
    private @Nullable String text;

    @Mixin
    private MethodComparison methods = new MethodComparison();

    @Option(
            names = "--tokens",
            paramLabel = "N",
            description = "Take no more than N tokens: the first of a text of yours, else of generated ones. Default: "
                    + TOKENS_FOR_METHODS + " with --methods, else " + TOKENS + ".")
    private @Nullable String tokens;

    @Option(
            names = "--json",
            description = "Print JSON: an array with an object for each method; one object for a backend.")
    private boolean json;

    @Override
    public Integer call() {
        if (text != null && prompt != null) {
            throw new UserError("--text is a text as --prompt and the options like it are: give one of them");
        }
        int most = tokens == null ? methods.wanted() ? TOKENS_FOR_METHODS : TOKENS : Sizes.tokens(tokens);
        if (most < 2) {
            throw new UserError("--tokens must be at least 2, not " + most);
        }
        var found = model.resolve();
        if (methods.wanted()) {
            methods.check();
            if (methods.answersTasks() && (text != null || prompt != null || tokens != null)) {
                throw new UserError("--answers takes the place of a text: leave out --text, --prompt and --tokens");
            }
            try (var loaded = methods.measuresCost() ? model.loadToTime(found, err()) : model.load(found, err())) {
                compareMethods(found, loaded, most);
            }
            return 0;
        }
        try (var other = model.load(found, err())) {
            if (other.backend().equals(PrefillBackends.JAVA)) {
                throw new UserError("both would be the java backend: name another with --backend (see: hayloft doctor),"
                        + " or methods to compare with --methods");
            }
            try (var exact = model.loadExact(found, err())) {
                show(exact, other, ids(exact, most));
            }
        }
        return 0;
    }

    private void compareMethods(ResolvedModel found, LanguageModel loaded, int most) {
        List<MethodFidelity> results;
        String source;
        String cost = "";
        try (var status = new StatusLine(err())) {
            List<Passage> passages;
            if (methods.answersTasks()) {
                status.show("answering with the full cache ...");
                passages = methods.answers(found, loaded);
                source = "the full cache's answers to " + Sizes.count(passages.size(), "prompt");
            } else {
                var passage = methods.passage(ids(loaded, most));
                passages = List.of(passage);
                source = passage.tokens().length + " tokens of " + name() + ", compressed after " + passage.prompt();
            }
            status.show("comparing ...");
            long start = System.nanoTime();
            results = methods.compare(loaded, passages, status);
            if (methods.measuresCost()) {
                double seconds = (System.nanoTime() - start) * 1e-9;
                status.show("reading all of it once more ...");
                cost = methods.cost(loaded, passages, seconds);
            }
        }
        if (!cost.isEmpty()) {
            (json ? err() : out()).println(cost);
        }
        var report = methods.addToRun(loaded, source, results);
        if (json) {
            Json.line(out(), results.stream().map(MethodComparison::fields).toList());
            return;
        }
        out().println(loaded.name() + ": " + source + "; distances from the full cache, KL in nats\n");
        out().println(MethodComparison.table(results));
        out().println(MethodComparison.parts(results));
        if (report != null) {
            out().println("report: " + report);
        }
    }

    /** Says in words which text is read. */
    private String name() {
        var file = text;
        return file != null ? "the text " + file : prompt == null ? "generated text" : "a prompt";
    }

    private int[] ids(LanguageModel exact, int wanted) {
        int most = Math.min(wanted, exact.config().contextLength());
        var source = prompt;
        var file = text;
        if (source == null && file == null) {
            return GeneratedText.tokens(exact.tokenizer(), most);
        }
        var given = source != null ? source.text() : Optional.of(PromptSource.read(Objects.requireNonNull(file)));
        var ids = given.map(text -> exact.tokenizer().encode(text, true, false))
                .orElseGet(
                        () -> Objects.requireNonNull(source).ids(exact.config().vocabulary()));
        if (ids.length < 2) {
            throw new UserError("the text has only " + ids.length + " tokens: give a longer one");
        }
        return ids.length <= most ? ids : Arrays.copyOf(ids, most);
    }

    private void show(LanguageModel exact, LanguageModel other, int[] ids) {
        Fidelity fidelity;
        double[] speeds;
        try (var status = new StatusLine(err())) {
            status.show("comparing " + ids.length + " positions ...");
            fidelity = Fidelity.compare(exact, other, ids);
            speeds = PrefillRate.ofEach(new LanguageModel[] {exact, other}, ids, ROUNDS);
        }
        if (json) {
            var fields = new LinkedHashMap<String, Object>();
            fields.put("model", exact.name());
            fields.put("backend", other.backend());
            fields.put("fidelity", fidelity);
            fields.put("tokens_per_second", speeds[1]);
            fields.put("java_tokens_per_second", speeds[0]);
            fields.put("weight_bytes", other.weightBytes());
            fields.put("java_weight_bytes", exact.weightBytes());
            Json.line(out(), fields);
            return;
        }
        out().printf(
                        Locale.ROOT,
                        "%d positions of %s, %s against java:%n"
                                + "KL divergence      mean %.5f, 99 of 100 below %.5f, worst %.5f nats%n"
                                + "same likeliest     %.1f %% of positions%n"
                                + "loss of the text   %.4f nats a token (java %.4f)%n"
                                + "prefill            %.0f tokens/s (java %.0f), %.2f times as fast%n",
                        fidelity.positions(),
                        exact.name(),
                        other.backend(),
                        fidelity.divergence(),
                        fidelity.divergence99(),
                        fidelity.worst(),
                        100 * fidelity.sameTop(),
                        fidelity.otherLoss(),
                        fidelity.loss(),
                        speeds[1],
                        speeds[0],
                        speeds[1] / speeds[0]);
    }
}
