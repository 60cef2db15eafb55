package io.hayloft.spark;

import io.hayloft.base.FileError;
import io.hayloft.base.UserError;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.jspecify.annotations.Nullable;

/**
 * The folder of a run that {@code --out} names by an address, such as {@code s3a://bucket/run}: the driver writes into a
 * folder of its own, which starts with what the address holds, and is copied back every minute and at the end.
 */
final class OutFolder implements AutoCloseable {
    private static final String OPTION = "--out";
    private static final long MINUTE = 60;

    private final List<String> arguments;
    private final @Nullable Copy copy;

    private OutFolder(List<String> arguments, @Nullable Copy copy) {
        this.arguments = List.copyOf(arguments);
        this.copy = copy;
    }

    /** Finds the option; an address is copied here. */
    static OutFolder of(List<String> arguments) {
        var changed = new ArrayList<>(arguments);
        for (int i = 0; i < arguments.size(); i++) {
            var argument = arguments.get(i);
            boolean joined = argument.startsWith(OPTION + "=");
            if (!joined && (!argument.equals(OPTION) || i + 1 == arguments.size())) {
                continue;
            }
            var value = joined ? argument.substring(OPTION.length() + 1) : arguments.get(i + 1);
            if (!value.contains(":/")) {
                break;
            }
            var address = URI.create(value);
            boolean local = "file".equals(address.getScheme());
            var copy = local ? null : Copy.start(address);
            var folder = copy == null ? Path.of(address.getPath()) : copy.folder;
            changed.set(joined ? i : i + 1, joined ? OPTION + "=" + folder : folder.toString());
            return new OutFolder(changed, copy);
        }
        return new OutFolder(changed, null);
    }

    /** The command line with a folder of this machine. */
    List<String> arguments() {
        return arguments;
    }

    @Override
    public void close() {
        if (copy != null) {
            copy.close();
        }
    }

    /** A folder here and the address that it is copied to. */
    private static final class Copy implements AutoCloseable {
        private final Path folder;
        private final FileSystem files;
        private final org.apache.hadoop.fs.Path there;
        private final ScheduledExecutorService clock;
        private final ScheduledFuture<?> copying;

        private Copy(Path folder, FileSystem files, org.apache.hadoop.fs.Path there) {
            this.folder = folder;
            this.files = files;
            this.there = there;
            this.clock = Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("copies-the-run").factory());
            this.copying = clock.scheduleWithFixedDelay(this::tryToCopy, MINUTE, MINUTE, TimeUnit.SECONDS);
        }

        static Copy start(URI address) {
            try {
                var files = FileSystem.get(address, new Configuration());
                var there = new org.apache.hadoop.fs.Path(address);
                var folder = Files.createTempDirectory("hayloft-run");
                if (files.exists(there)) {
                    for (var file : files.listStatus(there)) {
                        if (file.isFile()) {
                            var name = file.getPath().getName();
                            try (var in = files.open(file.getPath())) {
                                Files.copy(in, folder.resolve(name));
                            }
                        }
                    }
                }
                return new Copy(folder, files, there);
            } catch (IOException | IllegalArgumentException e) {
                throw new UserError("cannot use " + OPTION + " " + address + ": " + e.getMessage(), e);
            }
        }

        private void tryToCopy() {
            try {
                copyThere();
            } catch (IOException | RuntimeException e) { // one that got out would end the copying
                System.err.println("note: cannot copy the run to " + there + " (" + e.getMessage() + "): trying again");
            }
        }

        /** A reader of the address sees the file of before or all of the new one. */
        private synchronized void copyThere() throws IOException {
            files.mkdirs(there);
            try (var here = Files.list(folder)) {
                for (var file : here.filter(Files::isRegularFile).toList()) {
                    var name = file.getFileName().toString();
                    var part = new org.apache.hadoop.fs.Path(there, name + ".part");
                    var whole = new org.apache.hadoop.fs.Path(there, name);
                    try (var out = files.create(part, true)) {
                        Files.copy(file, out);
                    }
                    files.delete(whole, false);
                    if (!files.rename(part, whole)) {
                        throw new IOException("cannot rename " + part);
                    }
                }
            }
        }

        @Override
        public void close() {
            copying.cancel(false);
            clock.shutdown();
            try {
                copyThere();
            } catch (IOException e) {
                throw new UserError(
                        "cannot copy the run to " + there + " (" + FileError.reason(e) + "): it is in " + folder, e);
            }
        }
    }
}
