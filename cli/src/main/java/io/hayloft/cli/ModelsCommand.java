package io.hayloft.cli;

import io.hayloft.base.Sizes;
import io.hayloft.base.UserError;
import io.hayloft.hub.CatalogueModel;
import io.hayloft.hub.ModelStore;
import io.hayloft.hub.Source;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code hayloft models}: lists the catalogue, and which models are on this machine. */
@Command(
        name = "models",
        description = "List the models that can be named, and which of them are on this machine.",
        subcommands = {ModelsCommand.Remove.class, ModelsCommand.Verify.class},
        footer = {
            "",
            "Example:",
            "  hayloft models",
            "  hayloft models --families",
            "",
            "Any GGUF file or Hugging Face folder works too:  hayloft bench --model ./my-model.gguf",
            "So do models in the caches of other programs:  --model hf:OWNER/REPO, --model ollama:NAME:TAG"
        })
final class ModelsCommand extends Subcommand {
    private static final String OTHERS = "Any other GGUF or Hugging Face model of a known family runs as well: --model"
            + " takes a path, hf:OWNER/REPO (after hayloft pull hf:OWNER/REPO) and ollama:NAME."
            + " Families: hayloft models --families.";

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Option(names = "--families", description = "List the families of models that can be read, in place of models.")
    private boolean families;

    @Override
    public Integer call() {
        if (families) {
            ModelFamilies.print(out(), json);
            return 0;
        }
        var store = ModelStore.open();
        if (json) {
            Json.pretty(
                    out(),
                    store.catalogue().models().stream()
                            .map(model -> fields(store, model))
                            .toList());
            return 0;
        }
        var table = new Table()
                .text("model")
                .text("what it is", 48)
                .priority(1)
                .text("context")
                .priority(3)
                .text("size")
                .priority(2)
                .text("licence")
                .priority(0)
                .text("here");
        for (var model : store.catalogue().models()) {
            table.row(List.of(
                    model.name(),
                    model.summary(),
                    model.context() / 1024 + "k",
                    Sizes.bytes(model.bytes()),
                    model.licence(),
                    model.embedded() ? "embedded" : store.isHere(model) ? "yes" : "hayloft pull " + model.name()));
        }
        out().println(table.render(Terminal.width()));
        for (var model : store.pulled()) {
            out().println("pulled: " + model.name() + ", " + Sizes.bytes(model.bytes()));
        }
        PackedWeights.list(PackedWeights.at(store), out());
        out().println(Terminal.wrapped("", "", OTHERS));
        return 0;
    }

    /** {@code hayloft models rm}: removes the files of a model. */
    @Command(name = "rm", description = "Remove the files of a model that was pulled, and its packed weights.")
    static final class Remove extends Subcommand {
        @Parameters(paramLabel = "MODEL", description = "Name of the model, as hayloft models lists it.")
        private String name = "";

        @Option(
                names = "--packed",
                description =
                        "Remove only what is kept of its packed weights; MODEL may be any model, by name or path.")
        private boolean packed;

        @Override
        public Integer call() {
            var store = ModelStore.open();
            var path = path(store);
            long bytes = packed ? 0 : store.remove(name);
            bytes += path.map(at -> PackedWeights.remove(PackedWeights.at(store), at))
                    .orElse(0L);
            if (packed && bytes == 0) {
                throw new UserError(
                        "no packed weights of '" + name + "' are kept (hayloft models lists those that are)");
            }
            out().println("removed " + name + ": " + Sizes.bytes(bytes));
            return 0;
        }

        /** Where the model is, or was: its packed weights may have stayed. */
        private Optional<Path> path(ModelStore store) {
            try {
                return Optional.of(store.resolve(name).path());
            } catch (UserError e) {
                return packed ? Optional.of(pathOf(name)) : Optional.empty();
            }
        }

        private static Path pathOf(String text) {
            try {
                return Path.of(text);
            } catch (InvalidPathException e) {
                throw new UserError("'" + text + "' is not a valid file name", e);
            }
        }
    }

    /** {@code hayloft models verify}: compares files with their checksums. */
    @Command(name = "verify", description = "Compare the files of models that were pulled with their checksums.")
    static final class Verify extends Subcommand {
        @Parameters(
                paramLabel = "MODEL",
                arity = "0..1",
                description = "Name of the model. Default: all that are here.")
        private @Nullable String name;

        @Override
        public Integer call() {
            var store = ModelStore.open();
            var names = new ArrayList<String>();
            if (name != null) {
                names.add(name);
            } else {
                store.catalogue().models().stream().filter(store::isHere).forEach(model -> names.add(model.name()));
                store.pulled().forEach(model -> names.add(model.name()));
            }
            var problems = new ArrayList<String>();
            for (var one : names) {
                var found = store.verify(one);
                problems.addAll(found);
                out().println(one + ": " + (found.isEmpty() ? "ok" : String.join("; ", found)));
            }
            if (!problems.isEmpty()) {
                throw new UserError("files are damaged: remove the model (hayloft models rm) and pull it again");
            }
            return 0;
        }
    }

    private static Map<String, Object> fields(ModelStore store, CatalogueModel model) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("name", model.name());
        fields.put("summary", model.summary());
        fields.put("architecture", model.architecture());
        fields.put("parameters", model.parameters());
        fields.put("context", model.context());
        fields.put("licence", model.licence());
        fields.put("bytes", model.bytes());
        fields.put("embedded", model.embedded());
        fields.put("here", model.embedded() || store.isHere(model));
        fields.put(
                "sources",
                model.files().getFirst().sources().stream()
                        .map(Source::describe)
                        .toList());
        return fields;
    }
}
