package io.hayloft.bench.grid;

import java.util.List;

/**
 * The settings of a grid for one model.
 *
 * @param name what {@code --grid-model} takes
 * @param source where its weights are published; empty if that is unknown
 * @param options what differs from the options of the grid
 * @param settings its settings, in the order of the tables
 */
public record GridModel(String name, String source, GridOptions options, List<GridSetting> settings) {
    /** Copies the list. */
    public GridModel {
        settings = List.copyOf(settings);
    }

    /** Its name, and where it is published. */
    String described() {
        return source.isEmpty() ? name : name + " (" + source + ")";
    }
}
