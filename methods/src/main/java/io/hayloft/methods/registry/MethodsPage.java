package io.hayloft.methods.registry;

import io.hayloft.methods.Category;
import io.hayloft.methods.MethodInfo;
import java.util.List;
import java.util.stream.Collectors;

/** The documentation page of the registry, {@code docs/methods.md}, which {@code hayloft methods --markdown} prints. */
public final class MethodsPage {
    private static final String HEAD = """
        # Methods

        Made from the registry: `./hayloft methods --markdown > docs/methods.md`. A test holds this page to it.
        How to write an expression: [command line](command-line.md#methods). How to add one: [add a method](add-a-method.md).
        Parameters are shown with their defaults. Names that end in `-paper` follow the code of arXiv 2407.01527 where it differs
        from a method's own paper.
        """;

    private MethodsPage() {}

    /** The page in Markdown. */
    public static String text() {
        var page = new StringBuilder(HEAD);
        for (var category : Category.values()) {
            var methods = Methods.all().stream()
                    .filter(method -> method.category() == category)
                    .toList();
            if (!methods.isEmpty()) {
                page.append("\n## ").append(title(category)).append("\n\n");
                table(page, methods);
            }
        }
        page.append("\n## Deviations\n\nWhat differs from the source on purpose.\n\n");
        for (var method : Methods.all()) {
            var lines = method.deviations();
            page.append("- `").append(method.name()).append("`: ");
            page.append(lines.isEmpty() ? "none known." : String.join(" ", lines))
                    .append('\n');
        }
        return page.toString();
    }

    private static String title(Category category) {
        return switch (category) {
            case CONTROL -> "control: what frames every comparison";
            case QUANTISE -> "quantise: all tokens, fewer bits";
            case EVICT -> "evict: some tokens, for good";
            case PROMPT -> "prompt: a shorter text, before the model reads it";
            case RETRIEVE -> "retrieve: all tokens kept, few of them read";
            case COMPOSED -> "composed";
        };
    }

    private static void table(StringBuilder page, List<MethodInfo> methods) {
        page.append("| name | idea | amount and parameters | goes with | source |\n|---|---|---|---|---|\n");
        for (var method : methods) {
            var cells = List.of(
                    "`" + method.name() + "`",
                    method.idea(),
                    parameters(method),
                    method.composesWith(),
                    method.source());
            page.append(cells.stream().map(MethodsPage::cell).collect(Collectors.joining(" | ", "| ", " |\n")));
        }
    }

    /** A bar would end the cell. */
    private static String cell(String text) {
        return text.replace("|", "\\|");
    }

    private static String parameters(MethodInfo method) {
        var lines = method.parameters().stream()
                .map(parameter -> "`" + parameter.name() + "=" + parameter.standard() + "` " + parameter.meaning())
                .collect(Collectors.toList());
        if (!method.amount().isEmpty()) {
            lines.addFirst(method.amount() + ", as `" + method.example() + "`");
        }
        return lines.isEmpty() ? "-" : String.join("<br>", lines);
    }
}
