package io.hayloft.methods.prompt;

import io.hayloft.base.FileError;
import io.hayloft.base.Sha256;
import io.hayloft.base.UserError;
import io.hayloft.hub.ModelStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where the classifier of LLMLingua-2 lies. */
final class Llmlingua2Weights {
    private static final String VARIABLE = "HAYLOFT_LLMLINGUA2";
    private static final String PUBLISHED = "microsoft/llmlingua-2-xlm-roberta-large-meetingbank";

    private static final List<String> FILES = List.of("config.json", "tokenizer.json", "model.safetensors");

    private Llmlingua2Weights() {}

    /**
     * The folder of the weights: the one given, or the one that the environment names, or {@code models/llmlingua2} in the
     * cache folder.
     *
     * @throws UserError if there is none
     */
    static Path find(@Nullable String given) {
        return find(given, System.getenv(VARIABLE), ModelStore.open().folder());
    }

    static Path find(@Nullable String given, @Nullable String variable, Path cacheFolder) {
        if (given != null) {
            return existing(given, "option model of llmlingua2");
        }
        if (variable != null && !variable.isBlank()) {
            return existing(variable, VARIABLE);
        }
        var stored = cacheFolder.resolve("models").resolve("llmlingua2");
        if (isModel(stored)) {
            return stored;
        }
        throw new UserError("method 'llmlingua2' needs its classifier, which is not on this machine: put config.json,"
                + " model.safetensors and tokenizer.json of " + PUBLISHED + " (Hugging Face) into " + stored
                + ", or name their folder in " + VARIABLE
                + " or as llmlingua2:4x,model=FOLDER; 'hayloft pull' cannot fetch it, since Hayloft knows no"
                + " checksum of it to verify it by. Method 'selective' needs no weights");
    }

    /** SHA-256 over the files that the classifier is read from. */
    static String contentHash(Path folder) {
        try {
            var hash = new Sha256();
            for (var name : FILES) {
                var file = folder.resolve(name);
                if (Files.isRegularFile(file)) { // loading says what is missing
                    hash.add(name + " " + Files.size(file) + "\n").add(file);
                }
            }
            return hash.hex();
        } catch (IOException e) {
            throw new UserError(folder + ": cannot be read: " + FileError.reason(e), e);
        }
    }

    private static Path existing(String text, String source) {
        try {
            var folder = Path.of(text);
            if (isModel(folder)) {
                return folder;
            }
        } catch (InvalidPathException e) {
            throw new UserError(source + ": '" + text + "' is not a valid path", e);
        }
        throw new UserError(source + ": there is no config.json in '" + text + "': name the folder of a classifier with"
                + " config.json, model.safetensors and tokenizer.json");
    }

    private static boolean isModel(Path folder) {
        return Files.isRegularFile(folder.resolve("config.json"));
    }
}
