package io.hayloft.cli;

import io.hayloft.base.Sizes;
import io.hayloft.hub.ModelStore;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code hayloft inspect}: what is in a model's files, without loading its weights. */
@Command(
        name = "inspect",
        description = "Show a model's architecture, shapes, tensor types, cache size, tokenizer and chat format.",
        footer = {"", "Examples:", "  hayloft inspect hayloft-tiny", "  hayloft inspect ./my-model.gguf --json"})
final class InspectCommand extends Subcommand {
    @Parameters(paramLabel = "MODEL", description = "Name of a model, GGUF file or Hugging Face folder.")
    private String model = "";

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Mixin
    private ConfigOptions config = new ConfigOptions.WithContext();

    @Override
    public Integer call() {
        var found = ModelStore.open().resolve(model);
        try (var checkpoint = config.open(found, err())) {
            var description = ModelDescription.of(found, checkpoint);
            if (json) {
                Json.pretty(out(), description);
            } else {
                print(description);
            }
        }
        return 0;
    }

    private void print(ModelDescription model) {
        line("model", model.name() + " (" + model.format() + ", " + model.path() + ")");
        line("architecture", model.architecture() + ", " + parameters(model.parameters()));
        line("layers", model.layers() + " of width " + model.hidden() + feedForward(model));
        line("attention", attention(model));
        if (model.recurrentLayers() > 0) {
            line(
                    "state",
                    Sizes.bytes(model.stateBytes()) + " a sequence, whatever its length, in "
                            + Sizes.count(model.recurrentLayers(), "recurrent layer"));
        }
        line("context", model.context() + " tokens" + scalingNote(model));
        line("vocabulary", model.vocabulary() + " tokens");
        line("tokenizer", model.tokenizer());
        line("chat format", chatFormat(model));
        for (var type : model.tensors()) {
            line("tensors", type.count() + " " + type.type() + ", " + Sizes.bytes(type.bytes()));
        }
        for (var copy : model.backendCopies()) {
            line("backend", Sizes.bytes(copy.bytes()) + " more memory with --backend " + copy.backend());
        }
        if (model.attentionLayers() == 0) {
            line("cache", "none: the state is all that is kept");
            return;
        }
        line("cache", Sizes.bytes(model.cacheBytesPerToken()) + " a token in f16" + slidingNote(model));
        for (var size : model.cacheSizes()) {
            line("", Sizes.bytes(size.bytes()) + " for " + size.tokens() + " tokens" + stateNote(model));
        }
    }

    private static String parameters(long count) {
        if (count < 1_000_000) {
            return count / 1000 + "K parameters";
        }
        long tenths = count / 100_000;
        return (tenths < 100 ? tenths / 10 + "." + tenths % 10 : String.valueOf(tenths / 10)) + "M parameters";
    }

    private static String feedForward(ModelDescription model) {
        if (model.feedForward() == 0) {
            return ", no feed-forward part";
        }
        var experts = model.chosenExperts() + " of " + model.experts() + " experts";
        boolean alike = model.expertWidth() == model.feedForward();
        return ", feed-forward " + model.feedForward()
                + (model.experts() == 0 ? "" : ", " + experts + (alike ? "" : " of " + model.expertWidth()));
    }

    private static String attention(ModelDescription model) {
        if (model.attentionLayers() == 0) {
            return "none";
        }
        return model.queryHeads() + " query heads share " + Sizes.count(model.kvHeads(), "KV head") + " of "
                + model.headDim()
                + (model.latentAttention() ? ": latent and rotating key" : "")
                + (model.attentionLayers() == model.layers()
                        ? ""
                        : ", in " + Sizes.count(model.attentionLayers(), "layer"))
                + (model.slidingLayers() == 0
                        ? ""
                        : "; " + model.slidingLayers() + " layers slide with a window of " + model.window())
                + (model.readingLayers() == 0
                        ? ""
                        : "; " + model.readingLayers() + " layers read the keys and values of earlier ones");
    }

    private static String stateNote(ModelDescription model) {
        return model.recurrentLayers() == 0 ? "" : ", state included";
    }

    private static String chatFormat(ModelDescription model) {
        if (!model.chatFormat()) {
            return "no: a base model, prompts are given as they are";
        }
        if (model.chatProblem() != null) {
            return "broken: " + model.chatProblem();
        }
        var tags = model.thinkTags();
        return tags == null ? "yes" : "yes, with thoughts between " + tags.open() + " and " + tags.close();
    }

    private static String scalingNote(ModelDescription model) {
        return model.context() == model.statedContext()
                ? ""
                : "; the model's config states " + model.statedContext() + ", with its RoPE scaling it is "
                        + model.scaledContext();
    }

    private static String slidingNote(ModelDescription model) {
        return model.slidingLayers() == 0
                ? ""
                : ", of which " + Sizes.bytes(model.cacheBytesPerTokenBeyondWindow()) + " grow beyond the window";
    }

    private void line(String name, String value) {
        out().printf("%-13s %s%n", name, value);
    }
}
