package io.hayloft.hub;

import io.hayloft.base.FileError;
import io.hayloft.base.Sha256;
import io.hayloft.base.UserError;
import io.hayloft.hub.Manifest.PulledFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Models that were pulled by their address: {@code models/hf/OWNER--REPO/COMMIT/} and {@code models/url/NAME/} in the cache
 * folder. A manifest beside the files says where they come from and what their checksums are; it is written when all are
 * there.
 */
final class PulledModels {
    private static final String MAIN = "main";
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{7,64}");
    private static final Pattern SAFE_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*\\.gguf");
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

    /**
     * A model that is here.
     *
     * @param name what users write after {@code --model}
     * @param path the GGUF file (its first part) or the folder
     * @param files of it
     */
    record Pulled(String name, Path path, Path folder, List<PulledFile> files) {}

    private final Path folder;
    private final HubDownload hub;

    /** @param models the folder of all models */
    PulledModels(Path models, HubDownload hub) {
        this.folder = models;
        this.hub = hub;
    }

    /**
     * Brings a model of the Hub here; files that are here already are checked, not fetched.
     *
     * @throws UserError if there is no such model, or a file cannot be had or is not what the Hub says it is
     */
    Path pull(HubReference reference, PullListener listener) {
        listener.step("asking for the files of " + reference);
        var answer = hub.describe(reference.repo(), reference.revision());
        var commit = answer.path("sha").asString("");
        if (!COMMIT.matcher(commit).matches()) {
            throw new UserError("cannot ask for " + reference + ": the hub names no commit");
        }
        var files = RemoteFile.of(answer);
        var model = RepositoryFiles.choose(reference, files.keySet());
        var to = repoFolder(reference).resolve(commit);
        PullLock.run(to, reference.toString(), () -> {
            var pulled = new ArrayList<PulledFile>();
            for (var name : model.names()) {
                var file = Objects.requireNonNull(files.get(name), name);
                pulled.add(fetch(
                        file,
                        to,
                        (part, heard) -> hub.fetch(
                                new Source.HuggingFace(reference.repo(), commit, name), file.bytes(), part, heard),
                        listener));
            }
            var now =
                    new Manifest(HubReference.PREFIX + reference.repo(), List.of(reference.revision(), commit), pulled);
            now.withFilesOf(to).write(to);
        });
        return pathOf(model, to);
    }

    /**
     * Brings a GGUF file of any address here.
     *
     * @param sha256 checksum that it must have
     * @throws UserError if it cannot be had, or is another
     */
    Path pull(URI address, String sha256, PullListener listener) {
        var name = Path.of(String.valueOf(address.getPath())).getFileName();
        if (name == null || !SAFE_NAME.matcher(name.toString()).matches()) {
            throw new UserError(
                    "'" + address + "' is not an address of a GGUF file: it must end with a name such as model.gguf");
        }
        if (!SHA256.matcher(sha256).matches()) {
            throw new UserError("--sha256 must be 64 hex digits, not '" + sha256 + "'");
        }
        var file = new RemoteFile(name.toString(), -1, sha256, "");
        var to = folder.resolve("url").resolve(file.name());
        PullLock.run(to, file.name(), () -> {
            refuseAnother(to, address, sha256);
            var pulled = fetch(file, to, (part, heard) -> hub.fetch(address, part, heard), listener);
            new Manifest(address.toString(), List.of(), List.of(pulled)).write(to);
        });
        return to.resolve(file.name());
    }

    /** A file of the same name, but of another address and content, is not replaced: users know both by this name. */
    private static void refuseAnother(Path at, URI address, String sha256) {
        if (!Files.exists(Manifest.in(at))) {
            return;
        }
        var here = Manifest.read(at);
        if (here.source().equals(address.toString())) {
            return;
        }
        for (var file : here.files()) {
            if (!file.sha256().equals(sha256)) {
                throw new UserError("a file named " + file.name() + " was pulled from " + here.source()
                        + ": remove it first (hayloft models rm " + withoutEnding(file.name()) + ")");
            }
        }
    }

    private static String withoutEnding(String gguf) {
        return gguf.substring(0, gguf.length() - ".gguf".length());
    }

    /** How the bytes of a file come. */
    private interface Transfer {
        void to(Path part, PullListener listener) throws IOException, SourceException;
    }

    private static PulledFile fetch(RemoteFile file, Path to, Transfer transfer, PullListener listener)
            throws IOException {
        var target = to.resolve(file.name()).normalize();
        if (!target.startsWith(to)) {
            throw new UserError("the hub names a file '" + file.name() + "' outside of its repository");
        }
        Files.createDirectories(target.getParent());
        try {
            if (!Files.isRegularFile(target) || file.problem(target).isPresent()) {
                Fetcher.checkRoom(file.name(), file.bytes(), to);
                listener.step(file.name());
                var part = target.resolveSibling(partName(file, target));
                transfer.to(part, listener);
                var problem = file.problem(part);
                if (problem.isPresent()) {
                    Files.deleteIfExists(part);
                    throw new SourceException(problem.get() + " (the file was removed)");
                }
                Fetcher.moveInPlace(part, target);
            }
            return new PulledFile(file.name(), Files.size(target), Sha256.of(target));
        } catch (SourceException e) {
            throw new UserError("cannot fetch " + file.name() + ": " + e.getMessage(), e);
        }
    }

    /** Named after the checksum too, so that only a file of the same content goes on from it. */
    private static String partName(RemoteFile file, Path target) {
        boolean known = SHA256.matcher(file.sha256()).matches();
        var content = known ? "." + file.sha256().substring(0, 16) : "";
        return target.getFileName() + content + ".part";
    }

    /** The model of a reference, if all its files are here. */
    Optional<Path> find(HubReference reference) {
        return in(reference).map(Pulled::path);
    }

    private Optional<Pulled> in(HubReference reference) {
        for (var at : folders(repoFolder(reference))) {
            var manifest = Manifest.read(at);
            boolean meant = manifest.revisions().contains(reference.revision())
                    || at.getFileName().toString().equals(reference.revision());
            var here = manifest.files().stream()
                    .filter(file -> hasSize(at.resolve(file.name()), file.bytes()))
                    .map(PulledFile::name)
                    .toList();
            if (meant && !here.isEmpty()) {
                try {
                    var model = RepositoryFiles.choose(reference, here);
                    var files = manifest.files().stream()
                            .filter(file -> model.names().contains(file.name()))
                            .toList();
                    return Optional.of(new Pulled(reference.toString(), pathOf(model, at), at, files));
                } catch (UserError e) {
                    // another file of the repository was pulled
                }
            }
        }
        return Optional.empty();
    }

    /** The file that was pulled from an address, by its name with or without {@code .gguf}. */
    Optional<Path> find(String name) {
        return all().stream()
                .filter(model -> model.name().equals(name) || (model.name() + ".gguf").equals(name))
                .map(Pulled::path)
                .findFirst();
    }

    /** All models that were pulled by their address. */
    List<Pulled> all() {
        var all = new ArrayList<Pulled>();
        for (var repo : subfolders(folder.resolve("hf"))) {
            var newer = new HashSet<String>();
            for (var at : folders(repo)) {
                var manifest = Manifest.read(at);
                all.addAll(models(at, manifest, revision(at, manifest, newer)));
                newer.addAll(manifest.revisions());
            }
        }
        for (var at : folders(folder.resolve("url"))) {
            for (var file : Manifest.read(at).files()) {
                all.add(new Pulled(withoutEnding(file.name()), at.resolve(file.name()), at, List.of(file)));
            }
        }
        return all;
    }

    /**
     * The revision by which users name the models of a folder: {@code main} if need be none.
     *
     * @param newer revisions that mean a newer folder of the repository
     */
    private static String revision(Path at, Manifest manifest, Set<String> newer) {
        var own = manifest.revisions().stream()
                .filter(name -> !newer.contains(name))
                .toList();
        return own.contains(MAIN) ? MAIN : own.isEmpty() ? at.getFileName().toString() : own.getFirst();
    }

    /** The models of a repository in one of its folders. */
    private static List<Pulled> models(Path at, Manifest manifest, String revision) {
        var all = new ArrayList<Pulled>();
        var repo = manifest.source().substring(HubReference.PREFIX.length());
        if (manifest.names().contains("config.json")) {
            var name = new HubReference(repo, "", "", revision).toString();
            all.add(new Pulled(name, at, at, manifest.files()));
        }
        for (var name : manifest.names()) {
            if (name.endsWith(".gguf") && !name.matches(".*-(?!00001)\\d{5}-of-\\d{5}\\.gguf")) {
                // Not parsed: names of files may hold what ends a name in a reference.
                var one = new HubReference(repo, name, "", revision);
                var parts = RepositoryFiles.choose(one, manifest.names()).names();
                var files = manifest.files().stream()
                        .filter(file -> parts.contains(file.name()))
                        .toList();
                all.add(new Pulled(one.toString(), at.resolve(name), at, files));
            }
        }
        return all;
    }

    /** The pulled model of this name: what {@link #all} lists, or any reference to it. */
    Optional<Pulled> named(String name) {
        var listed = all().stream().filter(model -> model.name().equals(name)).findFirst();
        return listed.isPresent() ? listed : HubReference.parse(name).flatMap(this::in);
    }

    /** Removes the files of a model, and its folder if nothing else is in it. Returns the bytes that are free now. */
    long remove(Pulled model) {
        var bytes = new long[1];
        PullLock.run(model.folder(), model.name(), () -> {
            var before = Manifest.read(model.folder());
            var left = new ArrayList<>(before.files());
            left.removeAll(model.files());
            new Manifest(before.source(), before.revisions(), left).write(model.folder());
            for (var file : model.files()) {
                var path = model.folder().resolve(file.name());
                bytes[0] += Files.exists(path) ? Files.size(path) : 0;
                Files.deleteIfExists(path);
            }
            if (left.isEmpty()) {
                deleteAll(model.folder());
            }
        });
        return bytes[0];
    }

    static void deleteAll(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    /** Returns the faults of a model's files; empty if there are none. */
    static List<String> problems(Pulled model) {
        var problems = new ArrayList<String>();
        for (var file : model.files()) {
            var path = model.folder().resolve(file.name());
            new RemoteFile(file.name(), file.bytes(), file.sha256(), "")
                    .problem(path)
                    .ifPresent(problem -> problems.add(path + ": " + problem));
        }
        return problems;
    }

    private Path repoFolder(HubReference reference) {
        return folder.resolve("hf").resolve(reference.repo().replace("/", "--"));
    }

    private static Path pathOf(RepositoryFiles model, Path at) {
        return model.gguf() ? at.resolve(model.names().getFirst()) : at;
    }

    /** Folders with a manifest, the newest first. */
    private static List<Path> folders(Path above) {
        return subfolders(above).stream()
                .filter(at -> Files.isRegularFile(Manifest.in(at)))
                .sorted(Comparator.comparing(
                                (Path at) -> Manifest.in(at).toFile().lastModified())
                        .reversed())
                .toList();
    }

    private static List<Path> subfolders(Path above) {
        try (Stream<Path> all = Files.isDirectory(above) ? Files.list(above) : Stream.empty()) {
            return all.filter(Files::isDirectory).sorted().toList();
        } catch (IOException e) {
            throw new UserError("cannot read " + above + ": " + FileError.reason(e), e);
        } catch (UncheckedIOException e) {
            throw new UserError(
                    "cannot read " + above + ": " + FileError.reason(Objects.requireNonNull(e.getCause())), e);
        }
    }

    private static boolean hasSize(Path file, long bytes) {
        try {
            return Files.isRegularFile(file) && Files.size(file) == bytes;
        } catch (IOException e) {
            return false;
        }
    }
}
