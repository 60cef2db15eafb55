package io.hayloft.bench.grid;

import io.hayloft.base.Suggest;
import io.hayloft.base.UserError;
import io.hayloft.bench.BenchSpecBuilder;
import io.hayloft.bench.paper.PaperCompat;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * An experiment: the content of a grid file.
 *
 * @param name how messages call it: its name or file
 * @param about one line that says what it is for
 * @param options what it says of the run
 * @param settings its settings, if they are the same for every model
 * @param models its settings by model, if they are not; one of the two lists is empty
 * @param settingsOf the model that its settings were chosen for, and where that is published; empty if they are for any
 */
public record Grid(
        String name,
        String about,
        GridOptions options,
        List<GridSetting> settings,
        List<GridModel> models,
        String settingsOf) {
    /** Copies the lists. */
    public Grid {
        settings = List.copyOf(settings);
        models = List.copyOf(models);
    }

    /**
     * This grid for one model.
     *
     * @param wanted name of a model in the grid; null for the only one there is
     * @throws UserError if the grid has no such model, or several and none is named
     */
    public Grid forModel(@Nullable String wanted) {
        if (models.isEmpty()) {
            if (wanted != null) {
                throw new UserError("grid " + name + " has the same settings for every model: leave out --grid-model");
            }
            return this;
        }
        var names = models.stream().map(GridModel::name).toList();
        if (wanted == null && models.size() > 1) {
            throw new UserError(
                    "grid " + name + " has settings for several models: choose whose with --grid-model, one of "
                            + String.join(", ", names));
        }
        var chosen = models.stream()
                .filter(model -> wanted == null || model.name().equals(wanted))
                .findFirst()
                .orElseThrow(() -> Suggest.unknown("model of grid " + name, Objects.requireNonNull(wanted), names));
        return new Grid(name, about, chosen.options().or(options), chosen.settings(), List.of(), chosen.described());
    }

    /**
     * Expressions of the settings that can run.
     *
     * @throws UserError if there are none
     */
    public List<String> methods() {
        var methods = settings.stream()
                .map(GridSetting::method)
                .filter(Objects::nonNull)
                .toList();
        if (methods.isEmpty()) {
            throw new UserError("grid " + name + " has nothing here that can run: " + String.join("; ", leftOut()));
        }
        return methods;
    }

    /** Whose settings these are, then what is left out and why, a line for each reason. */
    public List<String> notes() {
        var notes = new ArrayList<String>();
        if (!settingsOf.isEmpty()) {
            notes.add("the settings of grid " + name + " are those of " + settingsOf);
        }
        notes.addAll(leftOut());
        return notes;
    }

    private List<String> leftOut() {
        var byReason = settings.stream()
                .filter(setting -> setting.leftOut() != null)
                .collect(Collectors.groupingBy(
                        setting -> Objects.requireNonNull(setting.leftOut()),
                        LinkedHashMap::new,
                        Collectors.mapping(GridSetting::label, Collectors.joining(", "))));
        return byReason.entrySet().stream()
                .map(entry -> "left out " + entry.getValue() + ": " + entry.getKey())
                .toList();
    }

    /**
     * Asks for the settings and options of this grid, which is for one model; what is asked afterwards wins.
     *
     * @throws UserError if none of its settings can run
     */
    public void applyTo(BenchSpecBuilder spec) {
        var methods = methods();
        options.applyTo(spec);
        spec.methods(methods).notes(notes()).labels(labels()).paper(paper());
    }

    private Map<String, String> labels() {
        var labels = new HashMap<String, String>();
        for (var setting : settings) {
            var method = setting.method();
            if (method != null && !setting.label().isBlank()) {
                labels.merge(method, setting.label(), (one, other) -> one.equals(other) ? one : one + ", " + other);
            }
        }
        return labels;
    }

    /** The method that runs on needles and the ratio that the source gives, by method. */
    private PaperCompat paper() {
        var onNeedle = new HashMap<String, String>();
        var ratios = new HashMap<String, Double>();
        for (var setting : settings) {
            var method = setting.method();
            if (method != null && setting.onNeedle() != null) {
                onNeedle.put(method, setting.onNeedle());
            }
            if (method != null && setting.ratio() != null) {
                ratios.put(method, setting.ratio());
            }
        }
        return new PaperCompat(onNeedle, ratios);
    }
}
