package io.hayloft.tokenizer;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.io.JsonStringEncoder;

/** Writes the vocabulary of a GGUF file in the form of {@code tokenizer.json}. */
final class GgufTokenizerJson {
    private static final String BYTE_LEVEL = """
        {"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":false}\
        """;
    private static final String PREPEND_SPACE = """
        {"type":"Prepend","prepend":"\u2581"}\
        """;
    private static final String HIDE_SPACES = """
        {"type":"Replace","pattern":{"String":" "},"content":"\u2581"}\
        """;
    private static final String SHOW_SPACES = """
        {"type":"Replace","pattern":{"String":"\u2581"},"content":" "}\
        """;
    private static final String JOIN_BYTES = """
        {"type":"ByteFallback"},{"type":"Fuse"}\
        """;
    private static final String STRIP_FIRST_SPACE = """
        {"type":"Strip","content":" ","start":1,"stop":0}\
        """;

    /** The library skips rules that begin so. */
    private static final String COMMENT = "#version";

    private final GgufVocabulary vocabulary;
    private final String source;
    private final StringBuilder out = new StringBuilder();

    private GgufTokenizerJson(GgufVocabulary vocabulary, String source) {
        this.vocabulary = vocabulary;
        this.source = source;
    }

    /** @param source names the file in errors */
    static String write(GgufVocabulary vocabulary, String source) {
        return new GgufTokenizerJson(vocabulary, source).write();
    }

    private String write() {
        out.append("{\"version\":\"1.0\"");
        writeAddedTokens();
        switch (vocabulary.model()) {
            case "gpt2" -> writeByteBpe();
            case "llama" -> writeSentencePiece();
            default ->
                throw vocabulary.error("has a tokenizer of kind '" + vocabulary.model()
                        + "' (tokenizer.ggml.model), which is not supported; supported are: gpt2, llama");
        }
        return out.append('}').toString();
    }

    /** Control tokens, and the user's tokens, which stand as they are wherever the text holds them. */
    private void writeAddedTokens() {
        var tokens = new ArrayList<String>();
        for (int id = 0; id < vocabulary.size(); id++) {
            if (vocabulary.isAdded(id) && !vocabulary.isShadowed(id)) {
                tokens.add("{\"id\":" + id + ",\"content\":" + quoted(vocabulary.token(id))
                        + ",\"single_word\":false,\"lstrip\":false,\"rstrip\":false,\"normalized\":false,\"special\":"
                        + vocabulary.isSpecial(id) + "}");
            }
        }
        field("added_tokens", list(tokens));
    }

    private void writeByteBpe() {
        var pre = PreTokenizers.named(vocabulary.text("pre"), source);
        if (pre.composed()) {
            field("normalizer", "{\"type\":\"NFC\"}");
        }
        var steps = new ArrayList<String>();
        for (var expression : pre.expressions()) {
            steps.add("{\"type\":\"Split\",\"pattern\":{\"Regex\":" + quoted(expression)
                    + "},\"behavior\":\"Isolated\",\"invert\":false}");
        }
        steps.add(BYTE_LEVEL);
        field("pre_tokenizer", "{\"type\":\"Sequence\",\"pretokenizers\":" + list(steps) + "}");
        writeTemplate(pre.addsBos());
        field("decoder", BYTE_LEVEL);
        writeModel(null, false, pre.ignoresMerges());
        writeRules(vocabulary.merges());
        out.append("]}");
    }

    /** The library reads rules faster as texts with one space than as pairs. */
    private void writeRules(List<String> rules) {
        boolean asTexts = rules.stream().allMatch(GgufTokenizerJson::isText);
        for (var rule : rules) {
            if (asTexts) {
                quote(rule, nextRule());
            } else {
                writePair(rule);
            }
        }
    }

    /** Whether the library finds both tokens in the text of a rule, and does not take it for a comment. */
    private static boolean isText(String rule) {
        int space = rule.indexOf(' ');
        return space > 0 && space < rule.length() - 1 && space == rule.lastIndexOf(' ') && !rule.startsWith(COMMENT);
    }

    /** A rule is two tokens with a space between; the tokens hold none. */
    private void writePair(String rule) {
        int space = rule.indexOf(' ', 1);
        if (space < 0 || space == rule.length() - 1) {
            throw vocabulary.error("has a broken rule '" + rule + "' in tokenizer.ggml.merges");
        }
        quote(rule.substring(0, space), nextRule().append('[')).append(',');
        quote(rule.substring(space + 1)).append(']');
    }

    private StringBuilder nextRule() {
        return out.charAt(out.length() - 1) == '[' ? out : out.append(',');
    }

    private void writeSentencePiece() {
        boolean prefix = vocabulary.flag("add_space_prefix", true);
        var normalizers = prefix ? List.of(PREPEND_SPACE, HIDE_SPACES) : List.of(HIDE_SPACES);
        field("normalizer", "{\"type\":\"Sequence\",\"normalizers\":" + list(normalizers) + "}");
        writeTemplate(true);
        var decoders = prefix ? List.of(SHOW_SPACES, JOIN_BYTES, STRIP_FIRST_SPACE) : List.of(SHOW_SPACES, JOIN_BYTES);
        field("decoder", "{\"type\":\"Sequence\",\"decoders\":" + list(decoders) + "}");
        writeModel(unknownToken(), hasAllBytes(), false);
        writePieceMerges();
        out.append("]}");
    }

    /** Texts have no spaces by then, so rules that have some never apply, and all others can be written as texts. */
    private void writePieceMerges() {
        @Nullable String[] pieces = new String[vocabulary.size()];
        boolean asTexts = true;
        for (int id = 0; id < pieces.length; id++) {
            var piece = vocabulary.token(id);
            asTexts &= !piece.startsWith(COMMENT);
            pieces[id] = piece.indexOf(' ') < 0 ? escaped(piece) : null;
        }
        var between = asTexts ? " " : "\",\"";
        var start = asTexts ? "\"" : "[\"";
        var end = asTexts ? "\"" : "\"]";
        PieceMerges.of(vocabulary, (left, right) -> {
            if (pieces[left] != null && pieces[right] != null) {
                nextRule()
                        .append(start)
                        .append(pieces[left])
                        .append(between)
                        .append(pieces[right])
                        .append(end);
            }
        });
    }

    private @Nullable String unknownToken() {
        int id = vocabulary.special("unknown_token_id");
        for (int i = 0; id < 0 && i < vocabulary.size(); i++) {
            id = vocabulary.type(i) == GgufVocabulary.UNKNOWN ? i : -1;
        }
        return id < 0 ? null : vocabulary.token(id);
    }

    private boolean hasAllBytes() {
        for (int b = 0; b < 256; b++) {
            if (vocabulary.id(String.format(Locale.ROOT, "<0x%02X>", b)) < 0) {
                return false;
            }
        }
        return true;
    }

    /** Writes the tokens around a text: BOS and EOS where the file wants them. */
    private void writeTemplate(boolean addsBosByDefault) {
        int bos = added("bos", addsBosByDefault);
        int eos = added("eos", false);
        var parts = new ArrayList<String>();
        var tokens = new ArrayList<String>();
        if (bos >= 0) {
            parts.add(templatePart("SpecialToken", vocabulary.token(bos)));
            tokens.add(templateToken(bos));
        }
        parts.add(templatePart("Sequence", "A"));
        if (eos >= 0) {
            parts.add(templatePart("SpecialToken", vocabulary.token(eos)));
            if (eos != bos) {
                tokens.add(templateToken(eos));
            }
        }
        var pair = List.of(templatePart("Sequence", "A"), templatePart("Sequence", "B"));
        field(
                "post_processor",
                "{\"type\":\"TemplateProcessing\",\"single\":" + list(parts) + ",\"pair\":" + list(pair)
                        + ",\"special_tokens\":{" + String.join(",", tokens) + "}}");
    }

    private int added(String token, boolean byDefault) {
        if (!vocabulary.flag("add_" + token + "_token", byDefault)) {
            return -1;
        }
        int id = vocabulary.special(token + "_token_id");
        if (id < 0 && !vocabulary.saysNone(token + "_token_id")) {
            throw vocabulary.error(
                    "wants a token around each text, but has no field tokenizer.ggml." + token + "_token_id");
        }
        return id;
    }

    private static String templatePart(String kind, String id) {
        return "{\"" + kind + "\":{\"id\":" + quoted(id) + ",\"type_id\":0}}";
    }

    private String templateToken(int id) {
        var token = quoted(vocabulary.token(id));
        return token + ":{\"id\":" + token + ",\"ids\":[" + id + "],\"tokens\":[" + token + "]}";
    }

    /** Writes the model up to its merge rules, which must follow, and then the brackets that end it. */
    private void writeModel(@Nullable String unknown, boolean byteFallback, boolean ignoreMerges) {
        out.append(",\"model\":{\"type\":\"BPE\",\"unk_token\":")
                .append(unknown == null ? "null" : quoted(unknown))
                .append(",\"fuse_unk\":")
                .append(unknown != null)
                .append(",\"byte_fallback\":")
                .append(byteFallback)
                .append(",\"ignore_merges\":")
                .append(ignoreMerges)
                .append(",\"vocab\":{");
        int written = 0;
        for (int id = 0; id < vocabulary.size(); id++) {
            if (!vocabulary.isShadowed(id)) {
                out.append(written++ == 0 ? "" : ",");
                quote(vocabulary.token(id)).append(':').append(id);
            }
        }
        out.append("},\"merges\":[");
    }

    private void field(String name, String json) {
        out.append(",\"").append(name).append("\":").append(json);
    }

    private static String list(List<String> items) {
        return "[" + String.join(",", items) + "]";
    }

    private StringBuilder quote(String text) {
        return quote(text, out);
    }

    private static String quoted(String text) {
        return quote(text, new StringBuilder()).toString();
    }

    private static StringBuilder quote(String text, StringBuilder out) {
        return out.append('"').append(escaped(text)).append('"');
    }

    /** Nearly every token stands in JSON as it is. */
    private static String escaped(String text) {
        if (isPlain(text)) {
            return text;
        }
        var out = new StringBuilder();
        JsonStringEncoder.getInstance().quoteAsString(text, out);
        return out.toString();
    }

    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            char letter = text.charAt(i);
            if (letter < ' ' || letter == '"' || letter == '\\') {
                return false;
            }
        }
        return true;
    }
}
