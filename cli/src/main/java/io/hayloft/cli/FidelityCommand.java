package io.hayloft.cli;

import io.hayloft.base.UserError;
import io.hayloft.bench.fidelity.Fidelity;
import io.hayloft.bench.fidelity.GeneratedText;
import io.hayloft.bench.fidelity.PrefillRate;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.kernels.PrefillBackends;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code hayloft fidelity}: what a backend costs in quality and gains in speed. */
@Command(
        name = "fidelity",
        description = {
            "Compare a backend with Hayloft's own kernels on a text: how far its next-token distributions are from the"
                    + " exact ones, and how fast both read a prompt.",
            "",
            "The text is a prompt of yours, or some that the tasks generate. The model is loaded twice."
        },
        footer = {
            "",
            "Examples:",
            "  hayloft fidelity --backend onednn",
            "  hayloft fidelity --backend onednn --model smollm2-135m --prompt-file report.txt"
        })
final class FidelityCommand extends Subcommand {
    private static final int ROUNDS = 5;

    @Mixin
    private ModelOptions model = new ModelOptions();

    @ArgGroup(exclusive = true)
    private @Nullable PromptSource prompt;

    @Option(
            names = "--tokens",
            paramLabel = "N",
            defaultValue = "512",
            description =
                    "Take no more than N tokens: the first of a prompt of yours, an equal share of each task's text."
                            + " Default: ${DEFAULT-VALUE}.")
    private int tokens;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Override
    public Integer call() {
        if (tokens < 2) {
            throw new UserError("--tokens must be at least 2, not " + tokens);
        }
        var found = model.resolve();
        try (var other = model.load(found, err())) {
            if (other.backend().equals(PrefillBackends.JAVA)) {
                throw new UserError(
                        "both would be the java backend: name another with --backend (see: hayloft doctor)");
            }
            try (var exact = model.loadExact(found, err())) {
                show(exact, other, ids(exact));
            }
        }
        return 0;
    }

    private int[] ids(LanguageModel exact) {
        int most = Math.min(tokens, exact.config().contextLength());
        var source = prompt;
        if (source == null) {
            return GeneratedText.tokens(exact.tokenizer(), most);
        }
        var ids = source.text()
                .map(text -> exact.tokenizer().encode(text, true, false))
                .orElseGet(() -> source.ids(exact.config().vocabulary()));
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
