package io.hayloft.hub;

import io.hayloft.base.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Models that other programs have put on this machine: the cache of the Hugging Face tools, of llama.cpp, and of ollama.
 * They are read where they are, never copied or changed.
 */
final class LocalCaches {
    private static final Pattern OLLAMA = Pattern.compile("(?:[A-Za-z0-9._-]+/)*[A-Za-z0-9._-]+(?::[A-Za-z0-9._-]+)?");
    private static final String OLLAMA_MODEL = "application/vnd.ollama.image.model";
    private static final String OLLAMA_ADAPTER = "application/vnd.ollama.image.adapter";

    private final Map<String, String> environment;
    private final Path home;

    LocalCaches(Map<String, String> environment, Path home) {
        this.environment = environment;
        this.home = home;
    }

    /** The model of a reference in the cache of the Hugging Face tools, else in that of llama.cpp. */
    Optional<Path> find(HubReference reference) {
        return inHubCache(reference).or(() -> inLlamaCache(reference));
    }

    /** Folder of the Hugging Face tools. */
    Path hubCache() {
        var cache = variable("XDG_CACHE_HOME").orElse(home.resolve(".cache"));
        return variable("HF_HUB_CACHE")
                .or(() -> variable("HUGGINGFACE_HUB_CACHE"))
                .or(() -> variable("HF_HOME").map(folder -> folder.resolve("hub")))
                .orElse(cache.resolve("huggingface").resolve("hub"));
    }

    private Optional<Path> inHubCache(HubReference reference) {
        var repo = hubCache().resolve("models--" + reference.repo().replace("/", "--"));
        var commit = text(repo.resolve("refs").resolve(reference.revision())).orElse(reference.revision());
        var snapshot = repo.resolve("snapshots").resolve(commit).normalize();
        if (!snapshot.startsWith(repo) || !Files.isDirectory(snapshot)) {
            return Optional.empty();
        }
        return chosen(reference, snapshot, filesIn(snapshot));
    }

    /** The model among the files of a folder; empty if they are not all there. */
    private static Optional<Path> chosen(HubReference reference, Path folder, List<String> files) {
        try {
            var model = RepositoryFiles.choose(reference, files);
            if (model.gguf()) {
                return Optional.of(folder.resolve(model.names().getFirst()));
            }
            return complete(folder, files) ? Optional.of(folder) : Optional.empty();
        } catch (UserError e) {
            return Optional.empty(); // only parts of the repository are here
        }
    }

    /** Whether all weights are there that the folder's index names. */
    private static boolean complete(Path folder, List<String> files) {
        var index = folder.resolve("model.safetensors.index.json");
        if (!Files.exists(index)) {
            return files.contains("model.safetensors");
        }
        var weights = json(index).map(all -> all.path("weight_map"));
        if (weights.isEmpty()) {
            return false;
        }
        for (var file : weights.get()) {
            if (!files.contains(file.asString(""))) {
                return false;
            }
        }
        return !weights.get().isEmpty();
    }

    private static List<String> filesIn(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile) // follows links, so that one to nowhere does not count
                    .map(file -> folder.relativize(file).toString().replace('\\', '/'))
                    .toList();
        } catch (IOException | java.io.UncheckedIOException e) {
            return List.of();
        }
    }

    /** Folder of llama.cpp. */
    Path llamaCache() {
        var system = System.getProperty("os.name");
        var usual = system.startsWith("Mac")
                ? home.resolve("Library").resolve("Caches")
                : system.startsWith("Windows")
                        ? variable("LOCALAPPDATA")
                                .orElse(home.resolve("AppData").resolve("Local"))
                        : variable("XDG_CACHE_HOME").orElse(home.resolve(".cache"));
        return variable("LLAMA_CACHE").orElse(usual.resolve("llama.cpp"));
    }

    /** There a file is named after its repository and path, with underscores for slashes, and knows no revision. */
    private Optional<Path> inLlamaCache(HubReference reference) {
        var folder = llamaCache();
        if (!reference.revision().equals("main") || !Files.isDirectory(folder)) {
            return Optional.empty();
        }
        var prefix = reference.repo().replace('/', '_') + "_";
        var files = filesIn(folder).stream()
                .filter(name -> name.startsWith(prefix))
                .map(name -> name.substring(prefix.length()))
                .toList();
        var flat = new HubReference(reference.repo(), reference.file().replace('/', '_'), reference.quant(), "main");
        try {
            var model = RepositoryFiles.choose(flat, files);
            return model.gguf()
                    ? Optional.of(folder.resolve(prefix + model.names().getFirst()))
                    : Optional.empty();
        } catch (UserError e) {
            return Optional.empty();
        }
    }

    /** Folders where ollama keeps models: that of the user, then that of the system's service. */
    List<Path> ollamaFolders() {
        return variable("OLLAMA_MODELS")
                .map(List::of)
                .orElse(List.of(
                        home.resolve(".ollama").resolve("models"), Path.of("/usr/share/ollama/.ollama/models")));
    }

    /**
     * The file of a model of ollama.
     *
     * @param name such as {@code llama3.2:1b}; without a tag {@code latest}
     * @throws UserError if it is not here, or is more than one GGUF file
     */
    Path ollama(String name) {
        if (!OLLAMA.matcher(name).matches() || name.contains("..")) {
            throw new UserError("'ollama:" + name + "' names no model of ollama: write ollama:NAME or ollama:NAME:TAG");
        }
        int colon = name.lastIndexOf(':');
        var base = colon < 0 ? name : name.substring(0, colon);
        var tag = colon < 0 ? "latest" : name.substring(colon + 1);
        for (var folder : ollamaFolders()) {
            for (var manifest : manifests(folder, base, tag)) {
                return modelIn(name, folder, manifest);
            }
        }
        throw new UserError("ollama has no model '" + name + "' on this machine (looked in "
                + ollamaFolders().getFirst() + "): run: ollama pull " + name);
    }

    /** Manifests lie in a folder for each host that ollama has pulled from; a name may begin with its host. */
    private static List<Path> manifests(Path folder, String base, String tag) {
        var all = folder.resolve("manifests");
        var found = new ArrayList<Path>();
        var direct = all.resolve(base).resolve(tag);
        if (Files.isRegularFile(direct)) {
            found.add(direct);
        }
        try (Stream<Path> hosts = Files.isDirectory(all) ? Files.list(all) : Stream.empty()) {
            for (var host : hosts.sorted().toList()) {
                for (var name : List.of("library/" + base, base)) {
                    var manifest = host.resolve(name).resolve(tag);
                    if (Files.isRegularFile(manifest)) {
                        found.add(manifest);
                    }
                }
            }
        } catch (IOException e) {
            return found;
        }
        return found;
    }

    private static Path modelIn(String name, Path folder, Path manifest) {
        var models = new ArrayList<Path>();
        for (var layer : json(manifest)
                .orElseThrow(() -> new UserError(manifest + " is not a manifest of ollama"))
                .path("layers")) {
            var type = layer.path("mediaType").asString("");
            if (type.equals(OLLAMA_ADAPTER)) {
                throw new UserError("ollama:" + name + " is a model with an adapter, which is not supported");
            }
            if (type.equals(OLLAMA_MODEL)) {
                models.add(folder.resolve("blobs")
                        .resolve(layer.path("digest").asString("").replace(':', '-')));
            }
        }
        if (models.size() != 1) {
            throw new UserError("ollama:" + name + " has " + models.size()
                    + " files of weights: only models of one GGUF file are read");
        }
        if (!Files.isRegularFile(models.getFirst())) {
            throw new UserError("ollama:" + name + " is not complete (" + models.getFirst()
                    + " is missing): run: ollama pull " + name);
        }
        return models.getFirst();
    }

    private static Optional<JsonNode> json(Path file) {
        try {
            return text(file).map(JsonMapper.shared()::readTree);
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    private static Optional<String> text(Path file) {
        try {
            return Files.isRegularFile(file)
                    ? Optional.of(Files.readString(file).strip())
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private Optional<Path> variable(String name) {
        @Nullable String value = environment.get(name);
        try {
            return value == null || value.isBlank()
                    ? Optional.empty()
                    : Optional.of(value.startsWith("~/") ? home.resolve(value.substring(2)) : Path.of(value));
        } catch (InvalidPathException e) {
            throw new UserError(name + "='" + value + "' is not a valid folder name", e);
        }
    }
}
