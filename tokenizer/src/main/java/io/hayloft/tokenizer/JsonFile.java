package io.hayloft.tokenizer;

import io.hayloft.base.FileError;
import io.hayloft.base.JsonErrors;
import io.hayloft.base.UserError;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads small text files of a model folder; what is wrong with them is a {@link UserError}. */
final class JsonFile {
    private JsonFile() {}

    static JsonNode read(Path file) {
        try {
            return JsonMapper.shared().readTree(text(file));
        } catch (JacksonException e) {
            throw new UserError(file + ": broken JSON: " + words(e), e);
        }
    }

    /** Says what is wrong with a text, and in which line. */
    static String words(JacksonException e) {
        var place = e.getLocation();
        return JsonErrors.inWords(e.getOriginalMessage()) + (place == null ? "" : " (line " + place.getLineNr() + ")");
    }

    /** The text of a file, without the byte order mark that some editors put in front. */
    static String text(Path file) {
        try {
            var text = Files.readString(file);
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw new UserError(file + ": is not UTF-8 text", e);
        } catch (IOException e) {
            throw new UserError(file + ": cannot be read: " + FileError.reason(e), e);
        }
    }
}
