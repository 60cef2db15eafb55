package io.hayloft.tokenizer;

import java.util.Arrays;
import java.util.List;
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
        this.blindJson = blindJson;
        this.source = source;
        this.vocabulary = vocabulary;
        this.ends = ends;
        special = new SpecialText(vocabulary.special());
        tokenizer = new NativeTokenizer(text, source);
    }

    @Override
    public int[] encode(String text, boolean addSpecial, boolean parseSpecial) {
        return (parseSpecial ? tokenizer : plain(text)).encode(text, addSpecial);
    }

    @Override
    public List<String> pieces(String text) {
        return plain(text).pieces(text);
    }

    /** The tokenizer that sees no special tokens in this text. */
    private NativeTokenizer plain(String text) {
        return special.mayStandIn(text) ? blind() : tokenizer;
    }

    @Override
    public String decode(int[] ids, boolean skipSpecial) {
        return tokenizer.decode(ids, skipSpecial);
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
        var start = ends.bos() < 0 ? "no start token" : "start " + name(ends.bos());
        var end = Arrays.stream(eosIds()).mapToObj(this::name).collect(Collectors.joining(" "));
        return vocabulary.kind() + ", " + vocabularySize() + " tokens, " + start + ", "
                + (end.isEmpty() ? "no end token" : "end " + end);
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
