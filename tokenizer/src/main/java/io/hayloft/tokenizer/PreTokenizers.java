package io.hayloft.tokenizer;

import io.hayloft.base.UserError;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How a byte-level BPE vocabulary of a GGUF file cuts text before merging, by the names of {@code tokenizer.ggml.pre}.
 *
 * <p>The expressions are those of the models' own {@code tokenizer.json} files; two names often mean the same.
 *
 * @param expressions applied one after the other; pieces that match stand alone, and so do the stretches between them
 * @param composed whether characters are composed (NFC) before all else
 * @param ignoresMerges whether a piece that is a token stands as it is
 * @param addsBos whether a BOS token is added unless the file says otherwise
 */
record PreTokenizers(List<String> expressions, boolean composed, boolean ignoresMerges, boolean addsBos) {
    private static final String CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
    private static final String GPT2 =
            "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";
    private static final String WORDS_NUMBERS_TAIL = "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
    private static final String LLAMA3 =
            CONTRACTIONS + "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}" + WORDS_NUMBERS_TAIL;
    private static final String QWEN2 = CONTRACTIONS + "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}" + WORDS_NUMBERS_TAIL;
    private static final String QWEN35 = CONTRACTIONS
            + "|[^\\r"
            + "\\n"
            + "\\p{L}\\p{N}]?[\\p{L}\\p{M}]+|\\p{N}| ?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r"
            + "\\n"
            + "]*|\\s*[\\r"
            + "\\n"
            + "]+|\\s+(?!\\S)|\\s+";
    private static final String UPPER = "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]";
    private static final String LOWER = "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]";
    private static final String CASED_TAIL = "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
    private static final String TEKKEN = "[^\\r\\n\\p{L}\\p{N}]?" + UPPER + "*" + LOWER + "+|[^\\r\\n\\p{L}\\p{N}]?"
            + UPPER + "+" + LOWER + "*|\\p{N}" + CASED_TAIL;
    private static final String GPT4O = "[^\\r\\n\\p{L}\\p{N}]?" + UPPER + "*" + LOWER + "+" + CONTRACTIONS
            + "?|[^\\r\\n\\p{L}\\p{N}]?" + UPPER + "+" + LOWER + "*" + CONTRACTIONS + "?|\\p{N}{1,3}" + CASED_TAIL;

    private static final Map<String, PreTokenizers> KNOWN = known();

    private static Map<String, PreTokenizers> known() {
        var known = new TreeMap<String, PreTokenizers>();
        var gpt2 = plain(GPT2);
        for (var name : List.of("gpt-2", "phi-2", "mpt", "olmo", "jais", "trillion", "exaone4", "modern-bert")) {
            known.put(name, gpt2);
        }
        var digits = plain("\\p{N}", GPT2);
        for (var name : List.of("smollm", "starcoder", "refact", "command-r", "codeshell", "exaone", "minerva-7b")) {
            known.put(name, digits);
        }
        var llama3 = new PreTokenizers(List.of(LLAMA3), false, true, true);
        for (var name : List.of("llama-bpe", "llama3", "llama-v3", "falcon3", "falcon-h1", "pixtral", "lfm2")) {
            known.put(name, llama3);
        }
        for (var name : List.of("dbrx", "smaug-bpe", "glm4", "chatglm-bpe")) {
            known.put(name, plain(LLAMA3));
        }
        var qwen2 = new PreTokenizers(List.of(QWEN2), true, false, false);
        for (var name : List.of("qwen2", "deepseek-r1-qwen", "megrez")) {
            known.put(name, qwen2);
        }
        known.put("qwen35", new PreTokenizers(List.of(QWEN35), true, false, false));
        for (var name : List.of("stablelm2", "hunyuan")) {
            known.put(name, plain(QWEN2));
        }
        known.put("tekken", new PreTokenizers(List.of(TEKKEN), false, true, true));
        for (var name : List.of("gpt-4o", "llama4")) {
            known.put(name, plain(GPT4O));
        }
        known.put("falcon", plain("[\\p{P}\\$\\+<=>\\^~\\|`]+", GPT2, "[0-9][0-9][0-9]"));
        known.put("default", plain("[\\p{P}\\$\\+<=>\\^~\\|]+", GPT2, "\\p{N}+", "[0-9][0-9][0-9]"));
        return known;
    }

    private static PreTokenizers plain(String... expressions) {
        return new PreTokenizers(List.of(expressions), false, false, false);
    }

    static PreTokenizers named(String name, String source) {
        var found = KNOWN.get(name);
        if (found == null) {
            throw new UserError(source + ": unknown pre-tokenizer '" + name + "' (tokenizer.ggml.pre); known are: "
                    + String.join(", ", KNOWN.keySet()));
        }
        return found;
    }
}
