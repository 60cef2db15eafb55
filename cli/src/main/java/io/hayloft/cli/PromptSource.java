package io.hayloft.cli;

import io.hayloft.base.FileError;
import io.hayloft.base.UserError;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that give a prompt, of which at most one may be used. */
final class PromptSource {
    /** Some editors put it before the first line. */
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    @Option(
            names = "--prompt",
            paramLabel = "TEXT",
            description = "The prompt. An empty one leaves what the model puts before every text, such as a BOS token.")
    private @Nullable String prompt;

    @Option(names = "--prompt-file", paramLabel = "FILE", description = "File with the prompt, - for standard input.")
    private @Nullable String file;

    @Option(
            names = "--prompt-ids",
            paramLabel = "IDS",
            description = "The prompt as token ids: 1,2,3, or @FILE with the ids.")
    private @Nullable String ids;

    /** The prompt's text, if it is given as text. */
    Optional<String> text() {
        return file != null ? Optional.of(read(file)) : Optional.ofNullable(prompt);
    }

    /**
     * The prompt's ids, if it is given as ids.
     *
     * @param vocabulary one more than the highest id that the model knows
     */
    int[] ids(int vocabulary) {
        if (ids == null) {
            throw new IllegalStateException("the prompt is given as text");
        }
        var list = ids.startsWith("@") ? read(ids.substring(1)) : ids;
        var words = list.strip().replaceAll("^\\[|]$", "").strip().split("[\\s,]+", -1);
        var numbers = new int[words.length];
        for (int i = 0; i < words.length; i++) {
            numbers[i] = id(words[i], vocabulary);
        }
        return numbers;
    }

    private static int id(String word, int vocabulary) {
        try {
            int id = Integer.parseInt(word);
            if (id >= 0 && id < vocabulary) {
                return id;
            }
        } catch (NumberFormatException e) {
            // reported below, with the same words as an id that the model does not have
        }
        throw new UserError(
                "--prompt-ids: '" + word + "' is not a token id of this model (0 to " + (vocabulary - 1) + ")");
    }

    /** The text of a file, or of standard input for {@code -}. */
    static String read(String name) {
        try {
            var text = name.equals("-")
                    ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8)
                    : Files.readString(Path.of(name));
            return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
        } catch (NoSuchFileException | InvalidPathException e) {
            throw new UserError("there is no prompt file '" + name + "'", e);
        } catch (MalformedInputException e) {
            throw new UserError("prompt file '" + name + "' is not UTF-8 text", e);
        } catch (IOException e) {
            throw new UserError("prompt file '" + name + "' cannot be read: " + FileError.reason(e), e);
        }
    }
}
