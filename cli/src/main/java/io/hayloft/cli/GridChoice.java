package io.hayloft.cli;

import io.hayloft.base.UserError;
import io.hayloft.bench.grid.Grid;
import io.hayloft.bench.grid.Grids;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that name a grid. */
final class GridChoice {
    @Option(
            names = "--grid",
            paramLabel = "FILE|NAME",
            description =
                    "Methods and other options (for plan: methods, lengths and cache type) from a YAML file, or one of:"
                            + " default, paper. Options given beside it win.")
    private @Nullable String grid;

    @Option(
            names = "--grid-model",
            paramLabel = "NAME",
            description = "Model whose settings are taken from a grid that has them by model, such as paper.")
    private @Nullable String model;

    /**
     * The grid for the model.
     *
     * @throws UserError if there is none of this name, or it cannot be read
     */
    Optional<Grid> chosen() {
        if (grid == null && model != null) {
            throw new UserError("--grid-model chooses from a grid: name it, too, as in --grid paper");
        }
        return Optional.ofNullable(grid).map(name -> Grids.open(name).forModel(model));
    }
}
