package io.hayloft.bench.predict;

import io.hayloft.base.FileError;
import io.hayloft.base.Suggest;
import io.hayloft.base.UserError;
import io.hayloft.formats.checkpoint.Checkpoint;
import io.hayloft.formats.checkpoint.GgufFile;
import io.hayloft.formats.checkpoint.HuggingFaceConfig;
import io.hayloft.formats.checkpoint.ReadOptions;
import io.hayloft.formats.tensor.TensorType;
import io.hayloft.hub.ModelStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Finds the shape of a model: in a file or folder, of which the weights may be missing; in a table of well-known models; in
 * the catalogue.
 */
public final class ModelShapes {
    private static final String TABLE = "shapes.json";

    private final ModelStore store;
    private final ReadOptions options;
    private final Map<String, JsonNode> table;

    /**
     * Shapes for this user.
     *
     * @param options how configs are read
     */
    public ModelShapes(ModelStore store, ReadOptions options) {
        this.store = store;
        this.options = options;
        this.table = table();
    }

    private static Map<String, JsonNode> table() {
        try (var in = ModelShapes.class.getResourceAsStream(TABLE)) {
            if (in == null) {
                throw new IllegalStateException(TABLE + " is missing from the jar");
            }
            var shapes = new LinkedHashMap<String, JsonNode>();
            JsonMapper.shared()
                    .readTree(in)
                    .properties()
                    .forEach(entry -> shapes.put(entry.getKey(), entry.getValue()));
            return shapes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The names of the table, in its order. */
    public List<String> names() {
        return List.copyOf(table.keySet());
    }

    /**
     * Finds a model.
     *
     * @param model a GGUF file, or its beginning; a Hugging Face folder, or its config.json; a name of the catalogue or of
     *     the table
     * @throws UserError if there is no such model; the message lists the table
     */
    public ModelShape find(String model) {
        var path = localPath(model);
        if (path.isPresent()) {
            return read(path.get());
        }
        var known = store.catalogue().find(model);
        if (known.isPresent() && (known.get().embedded() || store.isHere(known.get()))) {
            var found = store.resolve(model);
            try (var checkpoint = Checkpoint.open(found.path(), options)) {
                return ModelShape.of(found.name(), checkpoint, "its files");
            }
        }
        for (var entry : table.entrySet()) {
            if (entry.getKey().equalsIgnoreCase(model)) {
                return ofConfig(
                        entry.getKey(),
                        entry.getValue().toString().getBytes(StandardCharsets.UTF_8),
                        "the table of shapes");
            }
        }
        throw unknown(model);
    }

    private UserError unknown(String model) {
        var names = new ArrayList<>(names());
        names.addAll(store.catalogue().names());
        var near = Suggest.closest(model, names)
                .map(name -> " (did you mean '" + name + "'?)")
                .orElse("");
        return new UserError(
                "no shape of a model '" + model + "'" + near + ": give a GGUF file or its beginning, a config.json,"
                        + " a model of the catalogue that was pulled, or one of " + String.join(", ", names()));
    }

    private static Optional<Path> localPath(String text) {
        try {
            var path = Path.of(text.startsWith("~/") ? System.getProperty("user.home") + text.substring(1) : text);
            return Files.exists(path) ? Optional.of(path) : Optional.empty();
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    private ModelShape read(Path path) {
        var config = Files.isDirectory(path) ? path.resolve("config.json") : path;
        if (Files.isDirectory(path) && hasWeights(path)) {
            try (var checkpoint = Checkpoint.open(path, options)) {
                return ModelShape.of(nameOf(path), checkpoint, "its folder");
            }
        }
        if (config.toString().endsWith(".json")) {
            try {
                return ofConfig(config.toString(), Files.readAllBytes(config), "its config.json")
                        .named(nameOf(config));
            } catch (IOException e) {
                throw new UserError("cannot read " + config + ": " + FileError.reason(e), e);
            }
        }
        try (var file = GgufFile.openHeaders(path)) {
            return ModelShape.of(nameOf(path), Checkpoint.of(file, options), "its GGUF header");
        }
    }

    private static boolean hasWeights(Path folder) {
        try (var files = Files.list(folder)) {
            return files.anyMatch(file -> file.toString().endsWith(".safetensors"));
        } catch (IOException e) {
            throw new UserError("cannot read the folder " + folder + ": " + FileError.reason(e), e);
        }
    }

    /** The name of a folder for a config.json in it, else of the file without its ending. */
    private static String nameOf(Path path) {
        var full = path.toAbsolutePath().normalize();
        var last = String.valueOf(full.getFileName());
        var parent = full.getParent();
        if (last.equals("config.json") && parent != null && parent.getFileName() != null) {
            return parent.getFileName().toString();
        }
        return last.replaceFirst("\\.(gguf|json)$", "");
    }

    private ModelShape ofConfig(String source, byte[] json, String origin) {
        var config = HuggingFaceConfig.parse(source, json, options);
        return new ModelShape(source, config, WeightTypes.uniform(config, weightType(json)), origin);
    }

    /** How the weights of a checkpoint with this config are stored once they are loaded. */
    private static TensorType weightType(byte[] json) {
        JsonNode fields;
        try {
            fields = JsonMapper.shared().readTree(json);
        } catch (JacksonException e) {
            return TensorType.BF16; // such as a bare Infinity, which the config's own reader takes
        }
        var quantised = fields.path("quantization_config");
        if (quantised.isObject()) {
            var method = quantised.path("quant_method").asString("");
            int bits = quantised.path("bits").asInt(quantised.path("w_bit").asInt(method.equals("awq") ? 4 : 8));
            return method.contains("fp8") ? TensorType.F32 : bits <= 4 ? TensorType.INT4 : TensorType.INT8;
        }
        var text = fields.path("text_config");
        var type = fields.path("torch_dtype")
                .asString(fields.path("dtype").asString(text.path("torch_dtype").asString("")));
        return switch (type.toLowerCase(Locale.ROOT)) {
            case "float32" -> TensorType.F32;
            case "float16" -> TensorType.F16;
            default -> TensorType.BF16;
        };
    }
}
