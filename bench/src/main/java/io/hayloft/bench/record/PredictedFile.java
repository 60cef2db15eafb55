package io.hayloft.bench.record;

import io.hayloft.base.FileError;
import io.hayloft.base.UserError;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/**
 * The bytes and times of a run's methods as they were predicted before it began. It lies in the run's folder and decides
 * nothing: no record depends on it.
 *
 * @param methods one for each method, in the order in which they were predicted
 */
public record PredictedFile(List<Row> methods) {
    static final String NAME = "predicted.json";

    /** No predictions. */
    public static final PredictedFile NONE = new PredictedFile(List.of());

    /**
     * One method with a prompt of the run's mean length.
     *
     * @param context tokens of the prompt
     * @param tokensRead tokens of it that the model reads
     * @param storedBytes all that is kept for the sequence when the prompt has been read
     * @param decodeMsPerToken a decode step with all work on the weights, in milliseconds
     * @param batchRows sequences that decode together
     */
    public record Row(
            String method,
            int context,
            int tokensRead,
            long storedBytes,
            double prefillSeconds,
            double decodeMsPerToken,
            int batchRows) {}

    /** Copies the list. */
    public PredictedFile {
        methods = List.copyOf(methods);
    }

    /**
     * The predictions in a folder; {@link #NONE} if there are none.
     *
     * @throws UserError if the file cannot be read or is damaged
     */
    public static PredictedFile read(Path folder) {
        var file = folder.resolve(NAME);
        if (!Files.isRegularFile(file)) {
            return NONE;
        }
        try {
            return Json.read(Files.readString(file), PredictedFile.class, file.toString());
        } catch (IOException e) {
            throw new UserError("cannot read " + file + ": " + FileError.reason(e), e);
        }
    }

    /** Adds predictions to those in a folder; of a method that has one there, the earlier stays. */
    public static void add(Path folder, PredictedFile more) {
        var all = new ArrayList<>(read(folder).methods);
        var known = new HashSet<String>();
        all.forEach(row -> known.add(row.method));
        boolean added = false;
        for (var row : more.methods) {
            if (known.add(row.method)) {
                all.add(row);
                added = true;
            }
        }
        if (added) {
            var line = Json.line(new PredictedFile(all)) + "\n";
            RunFiles.replace(folder.resolve(NAME), out -> out.write(line.getBytes(StandardCharsets.UTF_8)));
        }
    }
}
