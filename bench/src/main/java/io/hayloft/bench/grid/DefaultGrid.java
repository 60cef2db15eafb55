package io.hayloft.bench.grid;

import io.hayloft.methods.registry.Methods;

/** The default grid as a file: what a run without named methods uses, and a start for grids of one's own. */
public final class DefaultGrid {
    private static final String HEAD = """
        # The methods of a run that names none, as the registry of methods has them.
        # Made by: hayloft methods --grid > grids/default.yaml      A test holds this file to the registry.
        #
        # A grid is an experiment as a file: hayloft bench --grid FILE. Its keys:
        #   settings      list of method expressions (see: hayloft methods). A setting may also be a map:
        #                   method: snapkv:4x      its expression
        #                   label: SnapKV 4x       what its source calls it
        #                   ratio: 4               compression that its source gives for it
        #                   left-out: why          instead of method: why it cannot run
        #   models        instead of settings: a list of name, source, settings, chosen with --grid-model
        #   about         one line that says what the grid is for
        #   tasks, lengths, samples, seed, protocol, limit-tokens, max-new-tokens, cache-type
        #                 as the options of hayloft bench, which win over the file
        about: the methods of a run that names none
        settings:
        """;

    private DefaultGrid() {}

    /** The text of {@code grids/default.yaml}. */
    public static String text() {
        var text = new StringBuilder(HEAD);
        for (var method : Methods.defaultGrid()) {
            text.append("  - ").append(method).append('\n');
        }
        return text.toString();
    }
}
