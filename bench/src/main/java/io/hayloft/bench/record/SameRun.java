package io.hayloft.bench.record;

import io.hayloft.base.UserError;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Tells whether two descriptions are of one run, and if not, what differs. */
final class SameRun {
    private SameRun() {}

    /** Refuses a folder whose run is another one than the one that is about to start. */
    static void require(Path folder, RunInfo found, RunInfo wanted) {
        if (found.identity().equals(wanted.identity())) {
            return;
        }
        var names = new LinkedHashSet<>(wanted.settings().keySet());
        names.addAll(found.settings().keySet());
        var differences = new ArrayList<String>();
        for (var name : names) {
            var then = found.settings().get(name);
            var now = wanted.settings().get(name);
            // through text, as numbers come back from the file in other types
            if (!Objects.toString(then).equals(Objects.toString(now))) {
                differences.add(name + " was " + brief(then) + ", is now " + brief(now));
            }
        }
        var what = differences.isEmpty() ? "made by another version" : String.join("; ", differences);
        throw new UserError(folder + " holds another run (" + what + "): name another --out folder");
    }

    private static String brief(@Nullable Object value) {
        var text = Objects.toString(value, "not set");
        return text.length() <= 60 ? text : text.substring(0, 57) + "...";
    }
}
