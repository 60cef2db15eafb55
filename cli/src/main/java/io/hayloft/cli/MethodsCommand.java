package io.hayloft.cli;

import io.hayloft.base.Suggest;
import io.hayloft.bench.grid.DefaultGrid;
import io.hayloft.methods.MethodInfo;
import io.hayloft.methods.registry.Methods;
import io.hayloft.methods.registry.MethodsPage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code hayloft methods}: what {@code --methods} can name. */
@Command(
        name = "methods",
        description = "List the compression methods and how to write them, or show the page of one.",
        footer = {
            "",
            "An expression is a method, its amount and its options; a plus sign joins two:",
            "  snapkv:4x                 a quarter of the tokens",
            "  snapkv:512                512 tokens",
            "  snapkv:4x,window=64       with an option",
            "  snapkv:4x + kivi:4bit     a quarter of the tokens, stored with 4 bits",
            "",
            "Examples:",
            "  hayloft methods snapkv",
            "  hayloft bench --methods full,snapkv:4x,kivi:2bit"
        })
final class MethodsCommand extends Subcommand {
    /** Longest idea of the built-in methods, so that each takes one line where a terminal is wide enough. */
    private static final int IDEA_WIDTH = 140;

    @Parameters(
            arity = "0..1",
            paramLabel = "NAME",
            description = "Method whose page is shown. Default: all methods, a line each.")
    private String name = "";

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Option(names = "--markdown", description = "Print the page docs/methods.md.")
    private boolean markdown;

    @Option(names = "--grid", description = "Print the default grid as a YAML file, a start for grids of your own.")
    private boolean grid;

    @Override
    public Integer call() {
        if (markdown) {
            out().print(MethodsPage.text());
            return 0;
        }
        if (grid) {
            out().print(DefaultGrid.text());
            return 0;
        }
        if (json) {
            Json.pretty(
                    out(), Methods.all().stream().map(MethodsCommand::fields).toList());
            return 0;
        }
        if (!name.isEmpty()) {
            print(Methods.all().stream()
                    .filter(method -> method.name().equals(family()))
                    .findFirst()
                    .orElseThrow(() -> Suggest.unknown(
                            "method",
                            name,
                            Methods.all().stream().map(MethodInfo::name).toList())));
            return 0;
        }
        list();
        out().println("hayloft methods NAME shows the options of one.");
        out().println("Without --methods, bench runs: " + String.join(", ", Methods.defaultGrid()));
        return 0;
    }

    /** The name of the method, also if an expression was given. */
    private String family() {
        return name.strip().split("[:+ ,]", 2)[0];
    }

    private void list() {
        var table = new Table()
                .text("method")
                .text("kind")
                .priority(0)
                .text("example")
                .priority(1)
                .text("idea", IDEA_WIDTH);
        for (var method : Methods.all()) {
            int end = method.idea().indexOf(": ");
            table.row(List.of(
                    method.name(),
                    method.category().label(),
                    method.example(),
                    end < 0 ? method.idea() : method.idea().substring(0, end) + "."));
        }
        out().println(table.render(Terminal.width()));
    }

    private static Map<String, Object> fields(MethodInfo method) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("name", method.name());
        fields.put("category", method.category().label());
        fields.put("version", method.version());
        fields.put("idea", method.idea());
        fields.put("source", method.source());
        fields.put("amount", method.amount());
        fields.put("parameters", method.parameters());
        fields.put("composes_with", method.composesWith());
        fields.put("example", method.example());
        fields.put("deviations", method.deviations());
        return fields;
    }

    private void print(MethodInfo method) {
        out().println(method.name() + " (" + method.category().label() + ")   e.g. " + method.example());
        detail(method.idea());
        if (!method.amount().isEmpty()) {
            detail("amount: " + method.amount());
        }
        for (var parameter : method.parameters()) {
            detail(parameter.name() + "=" + parameter.standard() + ": " + parameter.meaning());
        }
        for (var line : List.of("goes with: " + method.composesWith(), "from: " + method.source())) {
            detail(line);
        }
        method.deviations().forEach(line -> detail("differs: " + line));
        out().println();
    }

    private void detail(String text) {
        out().println(Terminal.wrapped("    ", "        ", text));
    }
}
