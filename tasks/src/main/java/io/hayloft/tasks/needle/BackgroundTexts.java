package io.hayloft.tasks.needle;

import io.hayloft.base.FileError;
import io.hayloft.base.UserError;
import io.hayloft.tasks.SampleRequest;
import io.hayloft.tasks.metric.UnicodeText;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The texts that needles are hidden in: those of the user's folder in order of their names, or our own prose. */
final class BackgroundTexts {
    private BackgroundTexts() {}

    /**
     * The texts of a request: every file of its folder of texts; without one, the files {@code *.txt} in the sub-folder
     * {@code passkey} of the data folder, if there is one.
     *
     * @throws UserError if the folder has no texts with words, or a file is not UTF-8 text
     */
    static List<String> of(SampleRequest request) {
        var haystack = request.haystack();
        if (haystack != null) {
            if (!Files.isDirectory(haystack)) {
                throw new UserError("no folder " + haystack + ": name one with text files for the background");
            }
            return read(haystack, "*");
        }
        var folder = sub(request.data());
        return folder == null ? List.of(Haystack.INSTANCE.text()) : read(folder, "*.txt");
    }

    private static @Nullable Path sub(@Nullable Path data) {
        var folder = data == null ? null : data.resolve("passkey");
        return folder == null || !Files.isDirectory(folder) ? null : folder;
    }

    private static List<String> read(Path folder, String names) {
        var texts = new ArrayList<String>();
        try (var files = Files.newDirectoryStream(folder, names)) {
            var sorted = new ArrayList<Path>();
            for (var file : files) {
                if (Files.isRegularFile(file) && !Files.isHidden(file)) {
                    sorted.add(file);
                }
            }
            sorted.sort(null);
            for (var file : sorted) {
                texts.add(text(file));
            }
        } catch (IOException e) {
            throw new UserError(folder + ": cannot be read: " + FileError.reason(e), e);
        }
        if (texts.stream().allMatch(text -> UnicodeText.words(text).isEmpty())) {
            throw new UserError(folder + ": holds no words: expected text files " + names + " for the background");
        }
        return texts;
    }

    private static String text(Path file) throws IOException {
        try {
            return Files.readString(file);
        } catch (CharacterCodingException e) {
            throw new UserError(
                    file + ": cannot be read as UTF-8 text: take it out of the folder or save it as UTF-8", e);
        }
    }
}
