package io.hayloft.engine.tokenizer;

import io.hayloft.engine.tokenizer.PieceMerges.Merge;
import java.io.StringWriter;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.json.JsonMapper;

/** Writes the vocabulary of a GGUF file in the form of {@code tokenizer.json}. */
final class GgufTokenizerJson {
    private static final String SPACE = "\u2581";

    private final GgufVocabulary vocabulary;
    private final String source;
    private final StringWriter text = new StringWriter();
    private final JsonGenerator out = JsonMapper.shared().createGenerator(text);

    private GgufTokenizerJson(GgufVocabulary vocabulary, String source) {
        this.vocabulary = vocabulary;
        this.source = source;
    }

    /** @param source names the file in errors */
    static String write(GgufVocabulary vocabulary, String source) {
        return new GgufTokenizerJson(vocabulary, source).write();
    }

    private String write() {
        out.writeStartObject();
        out.writeStringProperty("version", "1.0");
        writeAddedTokens();
        switch (vocabulary.model()) {
            case "gpt2" -> writeByteBpe();
            case "llama" -> writeSentencePiece();
            default ->
                throw vocabulary.error("has a tokenizer of kind '" + vocabulary.model()
                        + "' (tokenizer.ggml.model), which is not supported; supported are: gpt2, llama");
        }
        out.writeEndObject();
        out.close();
        return text.toString();
    }

    /** Control tokens, and the user's tokens, which stand as they are wherever the text holds them. */
    private void writeAddedTokens() {
        out.writeArrayPropertyStart("added_tokens");
        for (int id = 0; id < vocabulary.size(); id++) {
            int type = vocabulary.type(id);
            boolean special = type == GgufVocabulary.CONTROL || type == GgufVocabulary.UNKNOWN;
            if ((special || type == GgufVocabulary.USER_DEFINED)
                    && !vocabulary.token(id).isEmpty()) {
                out.writeStartObject();
                out.writeNumberProperty("id", id);
                out.writeStringProperty("content", vocabulary.token(id));
                out.writeBooleanProperty("single_word", false);
                out.writeBooleanProperty("lstrip", false);
                out.writeBooleanProperty("rstrip", false);
                out.writeBooleanProperty("normalized", false);
                out.writeBooleanProperty("special", special);
                out.writeEndObject();
            }
        }
        out.writeEndArray();
    }

    private void writeByteBpe() {
        var pre = PreTokenizers.named(vocabulary.text("pre"), source);
        if (pre.composed()) {
            out.writeObjectPropertyStart("normalizer");
            out.writeStringProperty("type", "NFC");
            out.writeEndObject();
        }
        out.writeObjectPropertyStart("pre_tokenizer");
        out.writeStringProperty("type", "Sequence");
        out.writeArrayPropertyStart("pretokenizers");
        for (var step : pre.steps()) {
            out.writeStartObject();
            out.writeStringProperty("type", "Split");
            out.writeObjectPropertyStart("pattern");
            out.writeStringProperty("Regex", step.expression());
            out.writeEndObject();
            out.writeStringProperty("behavior", "Isolated");
            out.writeBooleanProperty("invert", false);
            out.writeEndObject();
        }
        out.writeStartObject();
        writeByteLevel();
        out.writeEndObject();
        out.writeEndArray();
        out.writeEndObject();
        writeTemplate(pre.addsBos());
        out.writeObjectPropertyStart("decoder");
        writeByteLevel();
        out.writeEndObject();
        var merges = vocabulary.merges().stream().map(this::merge).toList();
        writeModel(merges, null, false, pre.ignoreMerges());
    }

    private void writeByteLevel() {
        out.writeStringProperty("type", "ByteLevel");
        out.writeBooleanProperty("add_prefix_space", false);
        out.writeBooleanProperty("trim_offsets", true);
        out.writeBooleanProperty("use_regex", false);
    }

    /** A rule is written as two tokens with a space between; the tokens hold none. */
    private Merge merge(String rule) {
        int space = rule.indexOf(' ', 1);
        if (space < 0 || space == rule.length() - 1) {
            throw vocabulary.error("has a broken rule '" + rule + "' in tokenizer.ggml.merges");
        }
        return new Merge(rule.substring(0, space), rule.substring(space + 1));
    }

    private void writeSentencePiece() {
        boolean prefix = vocabulary.flag("add_space_prefix", true);
        out.writeObjectPropertyStart("normalizer");
        out.writeStringProperty("type", "Sequence");
        out.writeArrayPropertyStart("normalizers");
        if (prefix) {
            out.writeStartObject();
            out.writeStringProperty("type", "Prepend");
            out.writeStringProperty("prepend", SPACE);
            out.writeEndObject();
        }
        writeReplace(" ", SPACE);
        out.writeEndArray();
        out.writeEndObject();
        writeTemplate(true);
        out.writeObjectPropertyStart("decoder");
        out.writeStringProperty("type", "Sequence");
        out.writeArrayPropertyStart("decoders");
        writeReplace(SPACE, " ");
        out.writePOJO(java.util.Map.of("type", "ByteFallback"));
        out.writePOJO(java.util.Map.of("type", "Fuse"));
        if (prefix) {
            out.writePOJO(java.util.Map.of("type", "Strip", "content", " ", "start", 1, "stop", 0));
        }
        out.writeEndArray();
        out.writeEndObject();
        writeModel(PieceMerges.of(vocabulary), unknownToken(), hasAllBytes(), false);
    }

    private void writeReplace(String from, String to) {
        out.writeStartObject();
        out.writeStringProperty("type", "Replace");
        out.writeObjectPropertyStart("pattern");
        out.writeStringProperty("String", from);
        out.writeEndObject();
        out.writeStringProperty("content", to);
        out.writeEndObject();
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

    /** What stands around a text: start and end token where the file wants them. */
    private void writeTemplate(boolean addsBosByDefault) {
        int bos = added("bos", addsBosByDefault);
        int eos = added("eos", false);
        if (bos < 0 && eos < 0) {
            return;
        }
        out.writeObjectPropertyStart("post_processor");
        out.writeStringProperty("type", "TemplateProcessing");
        out.writeArrayPropertyStart("single");
        writeTemplateToken(bos);
        out.writeStartObject();
        writeTemplatePart("Sequence", "A");
        out.writeEndObject();
        writeTemplateToken(eos);
        out.writeEndArray();
        out.writeArrayPropertyStart("pair");
        for (var sequence : List.of("A", "B")) {
            out.writeStartObject();
            writeTemplatePart("Sequence", sequence);
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeObjectPropertyStart("special_tokens");
        writeTemplateId(bos);
        if (eos != bos) {
            writeTemplateId(eos);
        }
        out.writeEndObject();
        out.writeEndObject();
    }

    private int added(String token, boolean byDefault) {
        if (!vocabulary.flag("add_" + token + "_token", byDefault)) {
            return -1;
        }
        int id = vocabulary.special(token + "_token_id");
        if (id < 0) {
            throw vocabulary.error(
                    "wants a token around each text, but has no field tokenizer.ggml." + token + "_token_id");
        }
        return id;
    }

    private void writeTemplateToken(int id) {
        if (id >= 0) {
            out.writeStartObject();
            writeTemplatePart("SpecialToken", vocabulary.token(id));
            out.writeEndObject();
        }
    }

    private void writeTemplatePart(String kind, String id) {
        out.writeObjectPropertyStart(kind);
        out.writeStringProperty("id", id);
        out.writeNumberProperty("type_id", 0);
        out.writeEndObject();
    }

    private void writeTemplateId(int id) {
        if (id >= 0) {
            out.writeObjectPropertyStart(vocabulary.token(id));
            out.writeStringProperty("id", vocabulary.token(id));
            out.writePOJOProperty("ids", new int[] {id});
            out.writePOJOProperty("tokens", new String[] {vocabulary.token(id)});
            out.writeEndObject();
        }
    }

    private void writeModel(List<Merge> merges, @Nullable String unknown, boolean byteFallback, boolean ignoreMerges) {
        out.writeObjectPropertyStart("model");
        out.writeStringProperty("type", "BPE");
        out.writeStringProperty("unk_token", unknown);
        out.writeBooleanProperty("fuse_unk", unknown != null);
        out.writeBooleanProperty("byte_fallback", byteFallback);
        out.writeBooleanProperty("ignore_merges", ignoreMerges);
        out.writeObjectPropertyStart("vocab");
        for (int id = 0; id < vocabulary.size(); id++) {
            out.writeNumberProperty(vocabulary.token(id), id);
        }
        out.writeEndObject();
        out.writeArrayPropertyStart("merges");
        for (var merge : merges) {
            out.writeStartArray();
            out.writeString(merge.left());
            out.writeString(merge.right());
            out.writeEndArray();
        }
        out.writeEndArray();
        out.writeEndObject();
    }
}
