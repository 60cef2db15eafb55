package io.hayloft.hub;

import io.hayloft.base.Suggest;
import io.hayloft.base.UserError;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The models on this machine: {@code CACHE/models/NAME/FILE}, and what {@code --model} means.
 *
 * <p>The cache folder is {@code ~/.cache/hayloft} unless {@code HAYLOFT_HOME} names another.
 */
public final class ModelStore {
    private final Path folder;
    private final Catalogue catalogue;
    private final Fetcher fetcher;

    /** The store of this user, with the catalogue that comes with Hayloft. */
    public static ModelStore open() {
        var environment = System.getenv();
        return new ModelStore(cacheFolder(environment), Catalogue.builtIn(), Fetcher.standard(environment));
    }

    ModelStore(Path folder, Catalogue catalogue, Fetcher fetcher) {
        this.folder = folder;
        this.catalogue = catalogue;
        this.fetcher = fetcher;
    }

    static Path cacheFolder(Map<String, String> environment) {
        var named = environment.getOrDefault("HAYLOFT_HOME", "");
        try {
            return named.isBlank()
                    ? Path.of(System.getProperty("user.home"), ".cache", "hayloft")
                    : Path.of(named).toAbsolutePath();
        } catch (InvalidPathException e) {
            throw new UserError("HAYLOFT_HOME='" + named + "' is no valid folder name", e);
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
     * Finds what {@code --model} names: a model of the catalogue, a GGUF file or a Hugging Face folder. The embedded
     * model is put into the cache folder on first use, or among temporary files where that cannot be written.
     *
     * @throws UserError if a catalogue model was not pulled yet, a path does not exist, or the name is unknown
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
        var path = localPath(nameOrPath);
        if (path.isPresent()) {
            return new ResolvedModel(nameOf(path.get()), path.get(), false);
        }
        if (looksLikePath(nameOrPath)) {
            throw new UserError("no model at '" + nameOrPath + "': there is no such file or folder");
        }
        throw new UserError(Suggest.unknown("model", nameOrPath, catalogue.names())
                        .getMessage() + " (or give the path of a GGUF file or of a Hugging Face folder)");
    }

    /** Where the cache folder cannot be written, the embedded model is put among the temporary files: it runs anywhere. */
    private ResolvedModel embedded(CatalogueModel model) {
        try {
            return pull(model.name(), PullListener.SILENT);
        } catch (UserError e) {
            var temporary = Path.of(System.getProperty("java.io.tmpdir"), "hayloft-" + System.getProperty("user.name"));
            try {
                return new ModelStore(temporary, catalogue, fetcher).pull(model.name(), PullListener.SILENT);
            } catch (UserError again) {
                e.addSuppressed(again);
                throw e; // the folder that the user knows is the one to correct
            }
        }
    }

    /**
     * Brings a model of the catalogue into the cache folder; files that are here already are checked, not fetched.
     *
     * @throws UserError if the name is unknown or no source could deliver a file; the message names each try
     */
    public ResolvedModel pull(String name, PullListener listener) {
        var model = catalogue.named(name);
        try {
            Files.createDirectories(folderOf(model));
        } catch (IOException e) {
            throw notWritable(model, e);
        }
        if (model.embedded()) {
            fetchMissing(model, listener);
        } else {
            fetchLocked(model, listener);
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

    /** Two processes must not write the same partial file. */
    private void fetchLocked(CatalogueModel model, PullListener listener) {
        var lockFile = folderOf(model).resolve(".lock");
        try (var channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var lock = channel.tryLock()) {
            if (lock == null) {
                throw beingPulled(model);
            }
            fetchMissing(model, listener);
        } catch (OverlappingFileLockException e) {
            throw beingPulled(model);
        } catch (IOException e) {
            throw notWritable(model, e);
        }
    }

    private static UserError beingPulled(CatalogueModel model) {
        return new UserError("another hayloft is pulling '" + model.name() + "' right now: wait for it to end");
    }

    private UserError notWritable(CatalogueModel model, IOException cause) {
        return new UserError(
                "cannot write model '" + model.name() + "' to " + folderOf(model) + " (" + cause.getMessage()
                        + "): make room there, or name another folder in HAYLOFT_HOME",
                cause);
    }

    private ResolvedModel resolved(CatalogueModel model) {
        return new ResolvedModel(model.name(), pathOf(model), model.embedded());
    }

    private Path folderOf(CatalogueModel model) {
        return folder.resolve("models").resolve(model.name());
    }

    /** One GGUF file stands for itself; several files are a folder. */
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
