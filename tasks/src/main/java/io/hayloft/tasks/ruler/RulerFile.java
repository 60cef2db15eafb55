package io.hayloft.tasks.ruler;

import io.hayloft.base.FileError;
import io.hayloft.base.UserError;
import io.hayloft.tasks.Sample;
import io.hayloft.tasks.SampleRequest;
import io.hayloft.tasks.Samples;
import io.hayloft.tasks.longbench.SampleFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The files of one task in the official form: one JSON object a line with {@code input} and {@code outputs}. */
final class RulerFile {
    private final List<Path> files;

    /** A row and the file's name. */
    private record Placed(SampleFile.Place place, String id) {}

    private RulerFile(List<Path> files) {
        this.files = files;
    }

    /**
     * The files of a task in a folder: {@code TASK.jsonl}, {@code TASK_4096.jsonl} or {@code TASK-4096.jsonl}, and every
     * {@code .jsonl} in a sub-folder with the name of the task; null if there is none.
     */
    static @Nullable RulerFile find(String task, Path folder) {
        var found = new ArrayList<Path>();
        var own = Pattern.compile(Pattern.quote(task) + "(?:[-_][0-9]+k?)?\\.jsonl");
        add(folder, own, found);
        add(folder.resolve(task), Pattern.compile(".+\\.jsonl"), found);
        found.sort(Comparator.comparing(RulerFile::number).thenComparing(Comparator.naturalOrder()));
        return found.isEmpty() ? null : new RulerFile(found);
    }

    private static void add(Path folder, Pattern name, List<Path> found) {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (var files = Files.newDirectoryStream(folder)) {
            for (var file : files) {
                if (Files.isRegularFile(file)
                        && name.matcher(file.getFileName().toString()).matches()) {
                    found.add(file);
                }
            }
        } catch (IOException e) {
            throw new UserError(folder + " cannot be read: " + FileError.reason(e), e);
        }
    }

    /** The last number in the name of a file, which is a length as a rule; 0 if there is none. */
    private static long number(Path file) {
        var numbers = Pattern.compile("[0-9]{1,9}")
                .matcher(file.getFileName().toString().replace("qa_", "").replaceFirst("^niah_[a-z]+_[0-9]", ""));
        long last = 0;
        while (numbers.find()) {
            last = Long.parseLong(numbers.group());
        }
        return last;
    }

    /** The rows as samples; each is read again when it is asked for. */
    Samples samples(SampleRequest request, RulerTask task) {
        var rows = new ArrayList<Placed>();
        for (var file : files) {
            var name = file.getFileName().toString().replaceFirst("\\.jsonl$", "");
            int left = request.count() == 0 ? 0 : request.count() - rows.size();
            if (request.count() > 0 && left == 0) {
                break;
            }
            for (var place : SampleFile.at(file).rows(left, RulerFile::check)) {
                rows.add(new Placed(place, name + "-" + place.line()));
            }
        }
        return Samples.of(
                rows.size(),
                index -> sample(rows.get(index), task),
                index -> rows.get(index).place().bytes());
    }

    private static void check(SampleFile.Row row) {
        row.text("input");
        if (row.texts("outputs").isEmpty()) {
            throw row.error("outputs", "a list with at least one answer");
        }
    }

    private static Sample sample(Placed placed, RulerTask task) {
        var row = placed.place().read();
        int length = row.fields().path("length").asInt(0);
        var read =
                new RulerSample(0, row.text("input"), row.texts("outputs"), length, row.text("answer_prefix", ""), -1);
        return task.sample(read, placed.id(), length > 0 ? Map.of("length", length) : Map.of());
    }
}
