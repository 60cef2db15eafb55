package io.hayloft.spark;

import io.hayloft.base.FileError;
import io.hayloft.base.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.io.IOUtils;
import org.apache.hadoop.util.ShutdownHookManager;

/**
 * The folder of a run here, and the address that it is copied to: every minute, at the end, and when the program is stopped.
 */
final class RunCopy implements AutoCloseable {
    /** Lines are appended to it, while what belongs to them lies in other files already. */
    private static final String RECORDS = "records.jsonl";

    private static final String LOCK = ".lock";
    private static final String DRAFT = ".new";

    /** A file that is being copied. */
    private static final String PART = ".part";

    /** A file that another is about to replace. */
    private static final String BEFORE = ".before";

    private static final long MINUTE = 60;

    private final Path folder;
    private final FileSystem files;
    private final org.apache.hadoop.fs.Path there;
    private final Map<Path, State> copied = new HashMap<>();
    private final ScheduledExecutorService clock;
    private final ScheduledFuture<?> copying;
    private final Runnable atExit = this::tryToCopy;

    /** What changes when a file does. */
    private record State(long bytes, FileTime time) {
        static State of(Path file) throws IOException {
            return new State(Files.size(file), Files.getLastModifiedTime(file));
        }
    }

    private RunCopy(Path folder, FileSystem files, org.apache.hadoop.fs.Path there) {
        this.folder = folder;
        this.files = files;
        this.there = there;
        this.clock = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("copies-the-run").factory());
        this.copying = clock.scheduleWithFixedDelay(this::tryToCopy, MINUTE, MINUTE, TimeUnit.SECONDS);
        // before file systems are closed, in a program that is stopped
        ShutdownHookManager.get().addShutdownHook(atExit, FileSystem.SHUTDOWN_HOOK_PRIORITY + 1);
    }

    /**
     * Makes a folder here with what an address holds.
     *
     * @param hadoop how file systems are reached
     * @throws UserError if the address cannot be read
     */
    static RunCopy start(String address, Configuration hadoop) {
        try {
            var there = new org.apache.hadoop.fs.Path(address);
            var files = there.getFileSystem(hadoop);
            var copy = new RunCopy(Files.createTempDirectory("hayloft-run"), files, there);
            try {
                copy.bring();
                return copy;
            } catch (IOException | RuntimeException e) {
                copy.stop();
                throw e;
            }
        } catch (IOException | RuntimeException e) { // of a file system whose library is missing, too
            throw new UserError("cannot use --out " + address + ": " + reason(e), e);
        }
    }

    /** The folder here. */
    Path folder() {
        return folder;
    }

    /** Copies what the address holds. */
    private void bring() throws IOException {
        if (!files.exists(there)) {
            return;
        }
        if (!files.getFileStatus(there).isDirectory()) {
            throw new NotDirectoryException(there.toString());
        }
        var found = Arrays.stream(files.listStatus(there))
                .filter(FileStatus::isFile)
                .map(file -> file.getPath().getName())
                .filter(name -> !name.endsWith(PART))
                .collect(Collectors.toSet());
        for (var name : found) {
            var own = name.endsWith(BEFORE) ? name.substring(0, name.length() - BEFORE.length()) : name;
            if (own.equals(name) || !found.contains(own)) { // the driver ended before the new one was in its place
                var file = folder.resolve(own);
                try (var in = files.open(new org.apache.hadoop.fs.Path(there, name))) {
                    Files.copy(in, file);
                }
                if (own.equals(name)) {
                    copied.put(file, State.of(file));
                }
            }
        }
    }

    private void tryToCopy() {
        try {
            copyThere();
        } catch (IOException | RuntimeException e) { // one that got out would end the copying
            System.err.println("note: cannot copy the run to " + there + " (" + reason(e) + "): trying again");
        }
    }

    /**
     * Copies what has changed, the records last and no more of them than there were at the beginning: so what belongs to
     * them is there before them.
     */
    private synchronized void copyThere() throws IOException {
        var changed = new LinkedHashMap<Path, State>();
        try (var all = Files.list(folder)) {
            for (var file : all.filter(Files::isRegularFile)
                    .filter(file -> !file.endsWith(LOCK) && !file.toString().endsWith(DRAFT))
                    .sorted(Comparator.comparing(file -> file.endsWith(RECORDS)))
                    .toList()) {
                changed.put(file, State.of(file));
            }
        }
        changed.entrySet().removeIf(file -> file.getValue().equals(copied.get(file.getKey())));
        for (var file : changed.entrySet()) {
            replace(file.getKey(), file.getValue().bytes());
            copied.put(file.getKey(), file.getValue());
        }
    }

    /**
     * Copies a file.
     *
     * @param bytes as many as it had when the copying began; only of records, others may have grown since
     */
    private void replace(Path file, long bytes) throws IOException {
        var name = file.getFileName().toString();
        var all = new org.apache.hadoop.fs.Path(there, name);
        var part = new org.apache.hadoop.fs.Path(there, name + PART);
        var before = new org.apache.hadoop.fs.Path(there, name + BEFORE);
        files.mkdirs(there);
        try (var in = Files.newInputStream(file);
                var out = files.create(part, true)) {
            IOUtils.copyBytes(in, out, name.equals(RECORDS) ? bytes : Long.MAX_VALUE, false);
        }
        if (files.exists(all)) { // whenever the driver ends, the file of before or all of the new one is there
            files.delete(before, false);
            rename(all, before);
        }
        rename(part, all);
        files.delete(before, false);
    }

    private void rename(org.apache.hadoop.fs.Path from, org.apache.hadoop.fs.Path to) throws IOException {
        if (!files.rename(from, to)) {
            throw new IOException("cannot rename " + from + " to " + to.getName());
        }
    }

    private void stop() {
        copying.cancel(false);
        clock.shutdown();
        if (!ShutdownHookManager.get().isShutdownInProgress()) {
            ShutdownHookManager.get().removeShutdownHook(atExit);
        }
    }

    /**
     * Copies what there is for the last time.
     *
     * @throws UserError if that fails; it says where the run is then
     */
    @Override
    public void close() {
        stop();
        try {
            copyThere();
        } catch (IOException | RuntimeException e) {
            throw new UserError("cannot copy the run to " + there + " (" + reason(e) + "): it is in " + folder, e);
        }
    }

    /** Why a file system refuses; a remote one sends the rest of its stack trace, too. */
    private static String reason(Exception e) {
        if (e instanceof java.nio.file.FileSystemException local) {
            return FileError.reason(local);
        }
        var text = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        return FileError.reason(new IOException(text.lines().findFirst().orElse(""), e));
    }
}
