package io.hayloft.hub;

import io.hayloft.base.Suggest;
import io.hayloft.base.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * The data sets of benchmarks on this machine, all in {@code CACHE/datasets}: {@code hayloft pull} brings them from the Hugging
 * Face Hub, and {@code hayloft bench} reads them there where the user names no folder.
 */
public final class DataSets {
    /** Files of samples in an archive, in whatever folder it has them. */
    private static final Pattern SAMPLES = Pattern.compile("(?:.*/)?([A-Za-z0-9][A-Za-z0-9_.-]*\\.jsonl)");

    /**
     * A data set of the Hub.
     *
     * @param repo its repository there
     * @param revision the commit that is taken, so that samples stay the same
     * @param file its file in the repository: an archive of {@code .jsonl} files, or the samples themselves
     * @param kept the name of the samples here; empty for an archive, whose files keep their names
     */
    private record DataSet(String repo, String revision, String file, String kept) {
        String pinned() {
            return repo + "@" + revision;
        }
    }

    private static final DataSet LONG_BENCH =
            new DataSet("THUDM/LongBench", "7956e94fb272285d5ed77fe3ba9843ed250ce6f4", "data.zip", "");
    private static final DataSet LONG_BENCH_2 = new DataSet(
            "THUDM/LongBench-v2", "2b48e494f2c7a2f0af81aae178e05c7e1dde0fe9", "data.json", "longbench-v2.json");

    /** By the names that users write; LongBench-E and the Chinese tasks are in the archive of LongBench. */
    private static final Map<String, DataSet> BY_NAME = Map.of(
            "longbench",
            LONG_BENCH,
            "longbench-e",
            LONG_BENCH,
            "longbench-zh",
            LONG_BENCH,
            "longbench-v2",
            LONG_BENCH_2);

    private final Path folder;
    private final HubDownload hub;

    DataSets(Path cache, HubDownload hub) {
        this.folder = cache.resolve("datasets");
        this.hub = hub;
    }

    /** The data sets of this user. */
    public static DataSets open() {
        var environment = System.getenv();
        return new DataSets(
                ModelStore.cacheFolder(environment), new HubDownload(environment, HttpTransfer.Limits.STANDARD));
    }

    /** Whether a name is that of a data set. */
    public static boolean isName(String name) {
        return BY_NAME.containsKey(name);
    }

    /** The names, sorted. */
    public static List<String> names() {
        return BY_NAME.keySet().stream().sorted().toList();
    }

    /** The folder of all data sets; it may not exist yet. */
    public Path folder() {
        return folder;
    }

    /**
     * Brings a data set. A transfer that broke off goes on where it ended; the file must have the checksum that the Hub states
     * for this commit. What is here already is not fetched again.
     *
     * @return the files of samples that it has
     * @throws UserError if the name is unknown, the Hub cannot be reached, or the file is not what it should be
     */
    public List<Path> pull(String name, PullListener listener) {
        var set = BY_NAME.get(name);
        if (set == null) {
            throw Suggest.unknown("data set", name, names());
        }
        PullLock.run(folder, name, () -> {
            if (!isHere(set)) {
                fetch(name, set, listener);
            }
        });
        return files(set);
    }

    private boolean isHere(DataSet set) {
        var here = files(set);
        return !here.isEmpty() && here.stream().allMatch(Files::isRegularFile);
    }

    /** Returns the entries of a data set's list; none before it was downloaded. */
    private List<Path> files(DataSet set) {
        try {
            var list = list(set);
            return Files.exists(list)
                    ? Files.readAllLines(list).stream().map(folder::resolve).toList()
                    : List.of();
        } catch (IOException e) {
            throw new UserError(list(set) + " cannot be read: remove it and pull again", e);
        }
    }

    /** The names of the files of a commit, written when all are there. */
    private Path list(DataSet set) {
        return folder.resolve("." + set.pinned().replace('/', '+') + ".files");
    }

    private void fetch(String name, DataSet set, PullListener listener) throws IOException {
        var repo = "datasets/" + set.repo();
        listener.step(set.file() + " from Hugging Face " + repo);
        var file = RemoteFile.of(hub.describe(repo, set.revision())).get(set.file());
        if (file == null) {
            throw new UserError("the repository " + repo + " has no file " + set.file() + " at " + set.revision());
        }
        Fetcher.checkRoom(set.file(), file.bytes(), folder);
        var part = folder.resolve(set.pinned().replace('/', '+') + "." + set.file() + ".part");
        try {
            hub.fetch(new Source.HuggingFace(repo, set.revision(), set.file()), file.bytes(), part, listener);
        } catch (SourceException e) {
            throw new UserError(
                    "cannot fetch the data set '" + name + "': " + e.getMessage() + "; or fetch " + set.file()
                            + " yourself and name its folder with --data",
                    e);
        }
        listener.step("comparing the checksum of " + set.file());
        var problem = file.problem(part);
        if (problem.isPresent()) {
            Files.delete(part);
            throw new UserError("cannot use the data set '" + name + "': " + problem.get() + " (the file was removed)");
        }
        Files.write(list(set), set.kept().isEmpty() ? unpacked(part, listener) : moved(part, set.kept()));
    }

    private List<String> moved(Path part, String name) throws IOException {
        Files.move(part, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        return List.of(name);
    }

    /** Unpacks the files of samples side by side, and removes the archive. */
    private List<String> unpacked(Path archive, PullListener listener) throws IOException {
        var names = new ArrayList<String>();
        try (var zip = new ZipFile(archive.toFile())) {
            for (var entry : zip.stream().toList()) {
                var name = SAMPLES.matcher(entry.getName());
                if (!entry.isDirectory() && name.matches()) {
                    listener.step("unpacking " + name.group(1));
                    Fetcher.checkRoom(name.group(1), entry.getSize(), folder);
                    var part = folder.resolve(name.group(1) + ".part");
                    try (var in = zip.getInputStream(entry)) {
                        Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
                    }
                    Fetcher.moveInPlace(part, folder.resolve(name.group(1)));
                    names.add(name.group(1));
                }
            }
        } catch (ZipException e) {
            throw new UserError("the archive " + archive + " is broken (" + e.getMessage() + "): remove it", e);
        }
        if (names.isEmpty()) {
            throw new UserError("the archive " + archive + " holds no .jsonl files");
        }
        Files.delete(archive);
        return names;
    }
}
