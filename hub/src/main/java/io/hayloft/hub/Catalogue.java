package io.hayloft.hub;

import io.hayloft.base.Suggest;
import io.hayloft.base.UserError;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * The models that Hayloft knows by name, read from {@code catalogue.json}.
 *
 * @param models in the order of the file: the embedded one first
 */
public record Catalogue(List<CatalogueModel> models) {
    /** Name of the embedded model, the default everywhere. */
    public static final String EMBEDDED = "hayloft-tiny";

    public Catalogue {
        models = List.copyOf(models);
    }

    /** The catalogue that comes with Hayloft. */
    public static Catalogue builtIn() {
        try (var in = Catalogue.class.getResourceAsStream("catalogue.json")) {
            if (in == null) {
                throw new IllegalStateException("catalogue.json is missing from the jar");
            }
            return read(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Catalogue read(InputStream in) {
        return new Catalogue(JsonMapper.shared().readValue(in, new TypeReference<List<CatalogueModel>>() {}));
    }

    /** The model of this name, if the catalogue has it. */
    public Optional<CatalogueModel> find(String name) {
        return models.stream().filter(model -> model.name().equals(name)).findFirst();
    }

    /**
     * The model of this name.
     *
     * @throws UserError with the nearest known name if there is none
     */
    public CatalogueModel named(String name) {
        return find(name).orElseThrow(() -> unknown(name));
    }

    /** The error for a name that is in no catalogue: names the nearest, and the ways to any other model. */
    UserError unknown(String name) {
        return new UserError(Suggest.unknown("model", name, names()).getMessage()
                + "; for any other model give a path, hf:OWNER/REPO (pull it first) or ollama:NAME");
    }

    /** All names, in the order of the file. */
    public List<String> names() {
        return models.stream().map(CatalogueModel::name).toList();
    }
}
