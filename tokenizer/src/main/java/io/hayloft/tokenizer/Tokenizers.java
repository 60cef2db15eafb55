package io.hayloft.tokenizer;

import io.hayloft.base.UserError;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Opens tokenizers. Every method throws {@link UserError} for files that are missing or broken. */
public final class Tokenizers {
    /** Tokens that end an answer in the chat formats of common models; counted where they are control tokens. */
    private static final List<String> TURN_ENDS = List.of(
            "<|eot_id|>", "<|im_end|>", "<|end|>", "<end_of_turn>", "<|eom_id|>", "<|endoftext|>", "<|end_of_text|>");

    private Tokenizers() {}

    /**
     * The tokenizer of a Hugging Face model folder: {@code tokenizer.json}, or else the vocabulary of an RWKV World model;
     * special ids from the files beside it.
     */
    public static Tokenizer fromFolder(Path folder) {
        var file = folder.resolve("tokenizer.json");
        if (Files.isRegularFile(file)) {
            return fromTokenizerJson(file);
        }
        var world = TrieVocabulary.find(folder);
        if (world.isPresent()) {
            return TrieTokenizer.read(world.get(), folder);
        }
        var sentencePiece = folder.resolve("tokenizer.model");
        var hint = Files.isRegularFile(sentencePiece)
                ? "tokenizer.model alone is not read: fetch the model's tokenizer.json, or use its GGUF file"
                : "looked for tokenizer.json; fetch it from where the model came from";
        throw new UserError(folder + ": no tokenizer: " + hint);
    }

    /**
     * Begins to load what the tokenizer of a model will need, in the background, for callers that open the model first.
     *
     * @param model a GGUF file or a folder
     */
    public static void prepare(Path model) {
        if (Files.isRegularFile(model) || Files.isRegularFile(model.resolve("tokenizer.json"))) {
            NativeTokenizer.prepare();
        }
    }

    /** Whether a folder has a file that {@link #fromFolder} reads, broken or not. */
    public static boolean isIn(Path folder) {
        return Files.isRegularFile(folder.resolve("tokenizer.json"))
                || TrieVocabulary.find(folder).isPresent();
    }

    /** The tokenizer in this file; special ids from the files beside it, where there are any. */
    public static Tokenizer fromTokenizerJson(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new UserError(file + ": no such tokenizer file");
        }
        NativeTokenizer.prepare();
        var text = JsonFile.text(file);
        var vocabulary = Vocabulary.read(text, file.toString());
        var folder = file.resolveSibling(".");
        var ends = EndTokens.fromFolder(folder, vocabulary);
        var flags = BosEosFlags.fromFolder(folder, vocabulary);
        Supplier<String> blind =
                () -> new SpecialText(vocabulary.special()).blind(BosEosFlags.apply(flags, JsonFile.text(file)));
        return new LibraryTokenizer(BosEosFlags.apply(flags, text), blind, file.toString(), vocabulary, ends);
    }

    /**
     * The tokenizer in the metadata of a GGUF file.
     *
     * @param source names the file in errors
     */
    public static Tokenizer fromGguf(Map<String, Object> metadata, String source) {
        NativeTokenizer.prepare();
        var vocabulary = new GgufVocabulary(metadata, source);
        var json = GgufTokenizerJson.write(vocabulary, source);
        Supplier<String> blind = () -> GgufTokenizerJson.write(vocabulary.blind(), source);
        return new LibraryTokenizer(
                json, blind, source, vocabulary.vocabulary(), ggufEnds(vocabulary), vocabulary.twins());
    }

    /** The end token of the file, then of a turn and a message, then whatever control tokens are known to end answers. */
    private static EndTokens ggufEnds(GgufVocabulary vocabulary) {
        var eos = new ArrayList<Integer>();
        for (var field : List.of("eos_token_id", "eot_token_id", "eom_token_id")) {
            if (vocabulary.special(field) >= 0) {
                eos.add(vocabulary.special(field));
            }
        }
        for (var text : TURN_ENDS) {
            int id = vocabulary.id(text);
            if (id >= 0 && vocabulary.type(id) == GgufVocabulary.CONTROL) {
                eos.add(id);
            }
        }
        return new EndTokens(vocabulary.special("bos_token_id"), eos);
    }
}
