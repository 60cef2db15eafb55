package io.hayloft.spark;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;

/**
 * The folder of a run that {@code --out} names by an address, such as {@code s3a://bucket/run}: the driver writes into a
 * folder of its own, which starts with what the address holds, and is copied back every minute and at the end.
 */
final class OutFolder implements AutoCloseable {
    private static final String OPTION = "--out";
    private static final String ADDRESS = "[A-Za-z][A-Za-z0-9+.-]+:/.*"; // one letter is a drive

    private final List<String> arguments;
    private final @Nullable RunCopy copy;

    private OutFolder(List<String> arguments, @Nullable RunCopy copy) {
        this.arguments = List.copyOf(arguments);
        this.copy = copy;
    }

    /**
     * Finds the option; what an address holds is copied here.
     *
     * @param hadoop how file systems are reached
     * @throws io.hayloft.base.UserError if the address cannot be read
     */
    static OutFolder of(List<String> arguments, Configuration hadoop) {
        var changed = new ArrayList<>(arguments);
        for (int i = 0; i < arguments.size(); i++) {
            var argument = arguments.get(i);
            boolean joined = argument.startsWith(OPTION + "=");
            if (!joined && (!argument.equals(OPTION) || i + 1 == arguments.size())) {
                continue;
            }
            var value = joined ? argument.substring(OPTION.length() + 1) : arguments.get(i + 1);
            if (!value.matches(ADDRESS)) {
                break;
            }
            var copy = value.startsWith("file:") ? null : RunCopy.start(value, hadoop);
            var folder = copy == null ? localFolder(value) : copy.folder();
            changed.set(joined ? i : i + 1, joined ? OPTION + "=" + folder : folder.toString());
            return new OutFolder(changed, copy);
        }
        return new OutFolder(changed, null);
    }

    private static Path localFolder(String address) {
        return Path.of(new org.apache.hadoop.fs.Path(address).toUri().getPath());
    }

    /** The command line with a folder of this machine. */
    List<String> arguments() {
        return arguments;
    }

    /**
     * Copies what there is for the last time.
     *
     * @throws io.hayloft.base.UserError if that fails; it says where the run is then
     */
    @Override
    public void close() {
        if (copy != null) {
            copy.close();
        }
    }
}
