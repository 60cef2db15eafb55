package io.hayloft.bench.record;

import io.hayloft.base.FileError;
import io.hayloft.base.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import tools.jackson.core.JacksonException;

/** The tokens that methods kept of the first prompts of each task: the file {@value #NAME} beside the records. */
public final class KeptFile {
    /** Its name. */
    public static final String NAME = "kept.json.gz";

    private static final String FORMAT = "hayloft-kept/1";

    private record Content(String format, List<KeptPrompt> prompts) {}

    private KeptFile() {}

    /**
     * Reads the file of a run's folder; nothing if it has none.
     *
     * @throws UserError if it is damaged
     */
    public static List<KeptPrompt> read(Path folder) {
        var file = folder.resolve(NAME);
        if (!Files.isRegularFile(file)) {
            return List.of();
        }
        try (var in = new GZIPInputStream(Files.newInputStream(file))) {
            var content = Json.LINES.readValue(in, Content.class);
            return FORMAT.equals(content.format()) ? content.prompts() : List.of();
        } catch (IOException e) {
            throw new UserError(
                    "cannot read " + file + ": " + FileError.reason(e) + ". The report can do without it", e);
        } catch (JacksonException e) {
            throw new UserError(
                    file + " is damaged (" + Json.reason(e) + "): delete it, the report can do without it", e);
        }
    }

    /** Adds prompts to the file of a folder, in one step, so that no kill leaves half of it. */
    static void add(Path folder, Collection<KeptPrompt> prompts) {
        if (prompts.isEmpty()) {
            return;
        }
        var all = new ArrayList<>(read(folder));
        for (var prompt : prompts) {
            int at = 0;
            while (at < all.size() && !all.get(at).isOfSamePrompt(prompt)) {
                at++;
            }
            if (at == all.size()) {
                all.add(prompt);
            } else {
                all.set(at, all.get(at).with(prompt));
            }
        }
        RunFiles.replace(folder.resolve(NAME), out -> {
            var zip = new GZIPOutputStream(out);
            zip.write(Json.LINES.writeValueAsBytes(new Content(FORMAT, all)));
            zip.finish(); // the file is closed by whoever opened it
        });
    }
}
