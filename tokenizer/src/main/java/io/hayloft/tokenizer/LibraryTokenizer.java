package io.hayloft.tokenizer;

import io.hayloft.tokenizer.template.Rendered;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A {@code tokenizer.json} served by the native library, with what the library does not tell kept beside it. */
final class LibraryTokenizer implements Tokenizer {
    private final Supplier<String> blindJson;
    private final String source;
    private final Vocabulary vocabulary;
    private final EndTokens ends;
    private final Map<Integer, Integer> twins;
    private final SpecialText special;
    private final NativeTokenizer tokenizer;
    /** Blind to special tokens; made when a text needs it, since it takes as long to load as the first. */
    private @Nullable NativeTokenizer blind;

    private boolean closed;

    /**
     * @param text of tokenizer.json
     * @param blindJson gives the text of the same tokenizer blind to special tokens, should it be needed
     * @param source names the file in errors
     */
    LibraryTokenizer(String text, Supplier<String> blindJson, String source, Vocabulary vocabulary, EndTokens ends) {
        this(text, blindJson, source, vocabulary, ends, Map.of());
    }

    /** @param twins tokens that the library does not know, and those with the same text that it does */
    LibraryTokenizer(
            String text,
            Supplier<String> blindJson,
            String source,
            Vocabulary vocabulary,
            EndTokens ends,
            Map<Integer, Integer> twins) {
        this.twins = twins;
        this.blindJson = blindJson;
        this.source = source;
        this.vocabulary = vocabulary;
        this.ends = ends;
        special = new SpecialText(vocabulary.special());
        tokenizer = new NativeTokenizer(text, source);
    }

    @Override
    public int[] encode(String text, boolean addSpecial, boolean parseSpecial) {
        return !parseSpecial && special.mayStandIn(text)
                ? blind().encode(SpecialText.plain(text), addSpecial)
                : tokenizer.encode(text, addSpecial);
    }

    @Override
    public int[] encodeChat(Rendered chat, boolean addSpecial) {
        return special.mayStandInContent(chat)
                ? blind().encode(special.renamed(chat), addSpecial)
                : tokenizer.encode(chat.text(), addSpecial);
    }

    @Override
    public List<String> pieces(String text) {
        return special.mayStandIn(text) ? blind().pieces(SpecialText.plain(text)) : tokenizer.pieces(text);
    }

    @Override
    public String decode(int[] ids, boolean skipSpecial) {
        return tokenizer.decode(twins.isEmpty() ? ids : known(ids), skipSpecial);
    }

    private int[] known(int[] ids) {
        var known = new int[ids.length];
        for (int i = 0; i < ids.length; i++) {
            known[i] = twins.getOrDefault(ids[i], ids[i]);
        }
        return known;
    }

    @Override
    public int vocabularySize() {
        return vocabulary.tokens().size();
    }

    @Override
    public String token(int id) {
        return id >= 0 && id < vocabulary.tokens().size() ? vocabulary.tokens().get(id) : "";
    }

    @Override
    public OptionalInt bosId() {
        return ends.bos() < 0 ? OptionalInt.empty() : OptionalInt.of(ends.bos());
    }

    @Override
    public int[] eosIds() {
        return ends.eos().stream().mapToInt(Integer::intValue).toArray();
    }

    @Override
    public String describe() {
        var start = ends.bos() < 0 ? "no BOS token" : "BOS " + name(ends.bos());
        var end = Arrays.stream(eosIds()).mapToObj(this::name).collect(Collectors.joining(" "));
        return vocabulary.kind() + ", " + vocabularySize() + " tokens, " + start + ", "
                + (end.isEmpty() ? "no EOS token" : "EOS " + end);
    }

    private String name(int id) {
        return token(id).isEmpty() ? "#" + id : token(id);
    }

    private synchronized NativeTokenizer blind() {
        if (closed) {
            throw new IllegalStateException("the tokenizer is closed");
        }
        if (blind == null) {
            blind = new NativeTokenizer(blindJson.get(), source);
        }
        return blind;
    }

    @Override
    public synchronized void close() {
        closed = true;
        tokenizer.close();
        if (blind != null) {
            blind.close();
        }
    }
}
