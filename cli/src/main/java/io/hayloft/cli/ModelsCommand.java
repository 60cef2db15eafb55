package io.hayloft.cli;

import io.hayloft.base.Sizes;
import io.hayloft.hub.CatalogueModel;
import io.hayloft.hub.ModelStore;
import io.hayloft.hub.Source;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code hayloft models}: the catalogue, and what of it is here. */
@Command(
        name = "models",
        description = "List the models that can be named, and which of them are on this machine.",
        footer = {
            "",
            "Example:",
            "  hayloft models",
            "",
            "Any GGUF file or Hugging Face folder works too:  hayloft bench --model ./my-model.gguf"
        })
final class ModelsCommand extends Subcommand {
    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Override
    public Integer call() {
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
        return 0;
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
