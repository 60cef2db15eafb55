package io.hayloft.hub;

import io.hayloft.base.UserError;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The models on this machine: {@code CACHE/models/NAME/FILE}, and what {@code --model} means.
 *
 * <p>The cache folder is {@code ~/.cache/hayloft} unless {@code HAYLOFT_HOME} names another.
 */
public final class ModelStore {
    private static final String OLLAMA = "ollama:";

    private final Path folder;
    private final Catalogue catalogue;
    private final Fetcher fetcher;
    private final PulledModels pulled;
    private final LocalCaches caches;

    /** The store of this user, with the catalogue that comes with Hayloft. */
    public static ModelStore open() {
        var environment = System.getenv();
        return new ModelStore(
                cacheFolder(environment), Catalogue.builtIn(), Fetcher.standard(environment), caches(environment));
    }

    private static LocalCaches caches(Map<String, String> environment) {
        return new LocalCaches(environment, Path.of(System.getProperty("user.home")));
    }

    ModelStore(Path folder, Catalogue catalogue, Fetcher fetcher, LocalCaches caches) {
        this.folder = folder;
        this.catalogue = catalogue;
        this.fetcher = fetcher;
        this.pulled = new PulledModels(folder.resolve("models"), fetcher.hub());
        this.caches = caches;
    }

    static Path cacheFolder(Map<String, String> environment) {
        var named = environment.getOrDefault("HAYLOFT_HOME", "");
        try {
            return named.isBlank()
                    ? Path.of(System.getProperty("user.home"), ".cache", "hayloft")
                    : Path.of(named).toAbsolutePath();
        } catch (InvalidPathException e) {
            throw new UserError("HAYLOFT_HOME='" + named + "' is not a valid folder name", e);
        }
    }

    /** The cache folder; it may not exist yet. */
    public Path folder() {
        return folder;
    }

    /** The models that can be named. */
    public Catalogue catalogue() {
        return catalogue;
    }

    /** The command that starts the Python whose {@code pip} fetches packages, with its leading arguments. */
    public List<String> python() {
        return fetcher.python().command();
    }

    /** Whether all files of a model are here, at their right size. */
    public boolean isHere(CatalogueModel model) {
        return model.files().stream().allMatch(file -> hasSize(folderOf(model).resolve(file.name()), file.bytes()));
    }

    /**
     * Finds what {@code --model} names: a model of the catalogue, one of the Hub ({@code hf:OWNER/REPO}) that was pulled or
     * is in the cache of another program, one of ollama ({@code ollama:NAME}), a GGUF file or a Hugging Face folder. The
     * embedded model is put into the cache folder on first use, or among temporary files where that cannot be written.
     *
     * @throws UserError if a model was not pulled yet, a path does not exist, or the name is unknown
     */
    public ResolvedModel resolve(String nameOrPath) {
        var known = catalogue.find(nameOrPath);
        if (known.isPresent()) {
            var model = known.get();
            if (model.embedded()) {
                return embedded(model);
            }
            if (!isHere(model)) {
                throw new UserError(
                        "model '" + model.name() + "' is not on this machine yet: run: hayloft pull " + model.name());
            }
            return resolved(model);
        }
        var reference = HubReference.parse(nameOrPath);
        if (reference.isPresent()) {
            return find(reference.get());
        }
        if (nameOrPath.startsWith(OLLAMA)) {
            var name = nameOrPath.substring(OLLAMA.length());
            return new ResolvedModel(name, caches.ollama(name), false);
        }
        var path = localPath(nameOrPath).or(() -> pulled.find(nameOrPath));
        if (path.isPresent()) {
            return new ResolvedModel(nameOf(path.get()), path.get(), false);
        }
        if (HubReference.looksLikeRepo(nameOrPath)) {
            throw new UserError("no model at '" + nameOrPath + "': there is no such file or folder. If you mean the"
                    + " repository of the Hugging Face Hub: hayloft pull hf:" + nameOrPath + ", then --model hf:"
                    + nameOrPath);
        }
        if (looksLikePath(nameOrPath)) {
            throw new UserError("no model at '" + nameOrPath + "': there is no such file or folder");
        }
        throw catalogue.unknown(nameOrPath);
    }

    /** Where the cache folder cannot be written, the embedded model is put among the temporary files: it runs anywhere. */
    private ResolvedModel embedded(CatalogueModel model) {
        try {
            return pull(model.name(), PullListener.SILENT);
        } catch (UserError e) {
            var temporary = Path.of(System.getProperty("java.io.tmpdir"), "hayloft-" + System.getProperty("user.name"));
            try {
                return new ModelStore(temporary, catalogue, fetcher, caches).pull(model.name(), PullListener.SILENT);
            } catch (UserError again) {
                e.addSuppressed(again);
                throw e; // the folder that the user knows is the one to correct
            }
        }
    }

    private ResolvedModel find(HubReference reference) {
        var path = pulled.find(reference)
                .or(() -> caches.find(reference))
                .orElseThrow(() -> new UserError(
                        "model '" + reference + "' is not on this machine yet: run: hayloft pull " + reference));
        return new ResolvedModel(nameOf(reference, path), path, false);
    }

    /** A folder is named after a commit, so the repository's name is the better one. */
    private static String nameOf(HubReference reference, Path path) {
        return Files.isDirectory(path)
                ? reference.repo().substring(reference.repo().indexOf('/') + 1)
                : nameOf(path);
    }

    /** Says how {@link #pull(String, PullListener)} reads models of the Hub. */
    public static String hubForm() {
        return HubReference.FORM;
    }

    /**
     * Brings a GGUF file of any address into the cache folder.
     *
     * @param sha256 the checksum that it must have, 64 hex digits
     * @throws UserError if it cannot be had or has another checksum
     */
    public ResolvedModel pull(URI address, String sha256, PullListener listener) {
        var path = pulled.pull(address, sha256.toLowerCase(Locale.ROOT), listener);
        return new ResolvedModel(nameOf(path), path, false);
    }

    /**
     * A model in the cache folder.
     *
     * @param name what users write after {@code --model}
     * @param bytes size of its files
     */
    public record Kept(String name, long bytes) {}

    /** The models of the Hub, and of other addresses, that were pulled. */
    public List<Kept> pulled() {
        return pulled.all().stream()
                .map(model -> new Kept(
                        model.name(),
                        model.files().stream()
                                .mapToLong(Manifest.PulledFile::bytes)
                                .sum()))
                .toList();
    }

    /**
     * Removes the files of a pulled model and returns how many bytes they had.
     *
     * @throws UserError if it is not in the cache folder, or is embedded
     */
    public long remove(String name) {
        var known = catalogue.find(name);
        if (known.isEmpty()) {
            return pulled.remove(kept(name));
        }
        var model = known.get();
        if (model.embedded()) {
            throw new UserError(name + " comes with Hayloft and cannot be removed");
        }
        if (!Files.isDirectory(folderOf(model))) {
            throw new UserError("model '" + name + "' is not on this machine");
        }
        var bytes = new long[1];
        PullLock.run(folderOf(model), name, () -> {
            for (var file : model.files()) {
                var path = folderOf(model).resolve(file.name());
                bytes[0] += Files.exists(path) ? Files.size(path) : 0;
            }
            PulledModels.deleteAll(folderOf(model));
        });
        return bytes[0];
    }

    private PulledModels.Pulled kept(String name) {
        return pulled.named(name).orElseThrow(() -> {
            var others = pulled.all().stream().map(PulledModels.Pulled::name).toList();
            return new UserError("no model '" + name + "' was pulled (models of other programs' caches are theirs)"
                    + (others.isEmpty() ? "" : "; there are: " + String.join(", ", others)));
        });
    }

    /**
     * Compares the files of a model in the cache folder with their checksums.
     *
     * @return what is wrong, one line a file; nothing if all is well
     * @throws UserError if the model is not in the cache folder
     */
    public List<String> verify(String name) {
        var known = catalogue.find(name);
        if (known.isEmpty()) {
            return PulledModels.problems(kept(name));
        }
        var problems = new ArrayList<String>();
        for (var file : known.get().files()) {
            var path = folderOf(known.get()).resolve(file.name());
            new RemoteFile(file.name(), file.bytes(), file.sha256(), "")
                    .problem(path)
                    .ifPresent(problem -> problems.add(path + ": " + problem));
        }
        return problems;
    }

    /**
     * Brings a model of the catalogue or of the Hub ({@code hf:OWNER/REPO}) into the cache folder; files that are here
     * already are checked, not fetched. A model of the Hub in the cache of another program stays there and is not fetched.
     *
     * @throws UserError if the name is unknown or no source could deliver a file; the message names each try
     */
    public ResolvedModel pull(String name, PullListener listener) {
        var reference = HubReference.parse(name);
        if (reference.isPresent()) {
            var elsewhere = caches.find(reference.get());
            if (pulled.find(reference.get()).isEmpty() && elsewhere.isPresent()) {
                listener.step("already on this machine, in the cache of another program: nothing to fetch");
                return new ResolvedModel(nameOf(reference.get(), elsewhere.get()), elsewhere.get(), false);
            }
            var path = pulled.pull(reference.get(), listener);
            return new ResolvedModel(nameOf(reference.get(), path), path, false);
        }
        if (HubReference.looksLikeRepo(name)) {
            throw new UserError("'" + name
                    + "' is not a model of the catalogue; a repository of the Hugging Face Hub is hf:" + name);
        }
        var model = catalogue.named(name);
        if (model.embedded()) {
            try {
                Files.createDirectories(folderOf(model));
            } catch (IOException e) {
                throw PullLock.notWritable(name, folderOf(model), e);
            }
            fetchMissing(model, listener);
        } else {
            PullLock.run(folderOf(model), name, () -> fetchMissing(model, listener));
        }
        return resolved(model);
    }

    private void fetchMissing(CatalogueModel model, PullListener listener) {
        for (var file : model.files()) {
            if (!Fetcher.isComplete(folderOf(model).resolve(file.name()), file)) {
                fetcher.fetch(model.name(), file, folderOf(model), listener);
            }
        }
    }

    private ResolvedModel resolved(CatalogueModel model) {
        return new ResolvedModel(model.name(), pathOf(model), model.embedded());
    }

    private Path folderOf(CatalogueModel model) {
        return folder.resolve("models").resolve(model.name());
    }

    /** The GGUF file if there is only one file, else the folder. */
    private Path pathOf(CatalogueModel model) {
        var files = model.files();
        return files.size() == 1 ? folderOf(model).resolve(files.getFirst().name()) : folderOf(model);
    }

    private static boolean hasSize(Path file, long bytes) {
        try {
            return Files.isRegularFile(file) && Files.size(file) == bytes;
        } catch (IOException e) {
            return false;
        }
    }

    private static Optional<Path> localPath(String text) {
        try {
            var home = System.getProperty("user.home");
            var path = Path.of(text.startsWith("~/") ? home + text.substring(1) : text);
            return Files.exists(path) ? Optional.of(path) : Optional.empty();
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    private static boolean looksLikePath(String text) {
        return text.contains("/") || text.contains("\\") || text.endsWith(".gguf") || text.endsWith(".safetensors");
    }

    private static String nameOf(Path path) {
        var last = path.toAbsolutePath().normalize().getFileName();
        var name = last == null ? path.toString() : last.toString();
        return name.endsWith(".gguf") ? name.substring(0, name.length() - ".gguf".length()) : name;
    }
}
