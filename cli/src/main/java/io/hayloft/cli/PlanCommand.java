package io.hayloft.cli;

import io.hayloft.base.Sizes;
import io.hayloft.bench.CacheTypes;
import io.hayloft.bench.predict.ModelShape;
import io.hayloft.bench.predict.ModelShapes;
import io.hayloft.bench.predict.Prediction;
import io.hayloft.bench.predict.Predictor;
import io.hayloft.formats.checkpoint.ReadOptions;
import io.hayloft.hub.Catalogue;
import io.hayloft.hub.ModelStore;
import io.hayloft.methods.Method;
import io.hayloft.methods.registry.Methods;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code hayloft plan}: what methods will cost with a model, before anything runs. */
@Command(
        name = "plan",
        description = "Predict bytes, memory and time of methods with a model, which need not be on this machine.",
        footer = {
            "",
            "Examples:",
            "  hayloft plan --model smollm2-135m --context 1k,4k,8k --methods full,kivi:4bit,snapkv:4x",
            "  hayloft plan --model Llama-3.1-8B --weights q4_0 --context 32k",
            "  hayloft plan --model Mistral-7B-v0.2 --max-memory 16GB --methods full,kivi:2bit"
        })
final class PlanCommand extends Subcommand {
    @Option(
            names = "--model",
            paramLabel = "MODEL",
            defaultValue = Catalogue.EMBEDDED,
            description = "GGUF file or its beginning, Hugging Face folder or its config.json, name of a model (see:"
                    + " hayloft models) or of a well-known one such as Llama-3-8B. Default: ${DEFAULT-VALUE}.")
    private String model = Catalogue.EMBEDDED;

    @Option(
            names = "--context",
            paramLabel = "LIST",
            description = "Tokens of the prompt, such as 1k,8k. Default: 4k, or what the model takes if that is less.")
    private List<String> contexts = List.of();

    @Option(
            names = "--methods",
            paramLabel = "LIST",
            description = "How the cache is compressed (see: hayloft methods). Default: those of hayloft bench.")
    private List<String> methods = List.of();

    @Option(
            names = "--cache-type",
            paramLabel = "TYPE",
            defaultValue = "f16",
            description = "How the full cache is stored: f32, f16 or q8. Default: ${DEFAULT-VALUE}.")
    private String cacheType = "f16";

    @Option(
            names = "--weights",
            paramLabel = "TYPE",
            description = "How the weights are stored, such as q4_0, q8_0 or bf16. Default: as in the model's files.")
    private @Nullable String weights;

    @Option(
            names = "--ignore-unknown",
            description = "Go on when the model's config has fields that are not known, although they may matter.")
    private boolean ignoreUnknown;

    @Option(names = "--json", description = "Print one JSON array.")
    private boolean json;

    @Override
    public Integer call() {
        var parsed = methods();
        var type = CacheTypes.parse(cacheType);
        var lengths = Lists.lengths("--context", contexts);
        var shape = shape();
        if (lengths.isEmpty()) {
            lengths = List.of(Math.min(4096, shape.config().contextLength()));
        }
        var rows = new ArrayList<Prediction>();
        int threads = Runtime.getRuntime().availableProcessors();
        try (var predictor = new Predictor(shape, type, threads)) {
            for (int context : lengths) {
                for (var method : parsed) {
                    rows.add(predictor.predict(method, context));
                }
            }
        }
        if (json) {
            Json.line(out(), rows);
        } else {
            out().println(table(rows));
        }
        return 0;
    }

    private List<Method> methods() {
        var expressions = methods.isEmpty() ? Methods.defaultGrid() : Lists.methods("--methods", methods);
        return expressions.stream().map(Methods::parse).toList();
    }

    private ModelShape shape() {
        var shapes = new ModelShapes(ModelStore.open(), new ReadOptions(0, ignoreUnknown));
        var shape = shapes.find(model);
        return weights == null ? shape : shape.withWeights(weights);
    }

    private static String table(List<Prediction> rows) {
        var table = new Table()
                .text("method")
                .number("context")
                .number("stored")
                .number("read")
                .number("peak memory");
        for (var row : rows) {
            table.row(List.of(
                    row.method(),
                    String.valueOf(row.context()),
                    (row.storedExact() ? "" : "~") + Sizes.bytes(row.storedBytes()),
                    Sizes.bytes(row.readBytes()),
                    Sizes.bytes(row.peakMemoryBytes())));
        }
        return table.render();
    }
}
