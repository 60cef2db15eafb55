package io.hayloft.methods.prompt;

import io.hayloft.formats.config.EncoderFamily;
import java.util.List;
import java.util.Set;

/** How the tokens of an encoder make words. */
enum WordRules {
    /** SentencePiece: a token that begins a word has U+2581 in front. */
    XLM_ROBERTA("<unk>", "<unk>", "<unk>", Set.of("<s>", "</s>", "<unk>", "<pad>", "<mask>")) {
        @Override
        boolean begins(String token) {
            // a part of this list in its order, as the original's test for punctuation reads
            return token.startsWith("\u2581") || PUNCTUATION.contains(token);
        }

        @Override
        String bare(String token) {
            return stripLeading(token, '\u2581');
        }

        @Override
        String plain(String word) {
            return word.replace('\u2581', ' ');
        }

        @Override
        String join(List<String> tokens) {
            var text = new StringBuilder();
            for (int i = 0; i < tokens.size(); i++) {
                text.append(tokens.get(i).replace("\u2581", i == 0 ? "" : " "));
            }
            return text.toString();
        }
    },
    /** WordPiece: a token that goes on with a word has ## in front. */
    BERT("[CLS]", "[SEP]", "[UNK]", Set.of("[CLS]", "[SEP]", "[UNK]", "[PAD]", "[MASK]")) {
        @Override
        boolean begins(String token) {
            return !token.startsWith("##");
        }

        @Override
        String bare(String token) {
            return stripLeading(token, '#');
        }

        @Override
        String plain(String word) {
            return word;
        }

        @Override
        String join(List<String> tokens) {
            var text = new StringBuilder();
            for (int i = 0; i < tokens.size(); i++) {
                var token = tokens.get(i);
                if (i > 0) {
                    token = token.startsWith("##") ? token.substring(2) : " " + token;
                }
                text.append(withoutSpaces(token));
            }
            return text.toString();
        }
    };

    private static final String PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

    /** The spaces that the decoder of WordPiece takes back, in its order. */
    private static final List<String> TIDY = List.of(".", "?", "!", ",", "' ", "n't", "'m", "'s", "'ve", "'re");

    private final String start;
    private final String end;
    private final String unknown;

    @SuppressWarnings("ImmutableEnumChecker") // made by Set.of
    private final Set<String> special;

    WordRules(String start, String end, String unknown, Set<String> special) {
        this.start = start;
        this.end = end;
        this.unknown = unknown;
        this.special = special;
    }

    static WordRules of(EncoderFamily family) {
        return switch (family) {
            case BERT -> BERT;
            case XLM_ROBERTA -> XLM_ROBERTA;
        };
    }

    /**
     * The token in front of every sequence. The original always takes the one of BERT, which XLM-RoBERTa does not know, so
     * that its model sees the unknown token there; published results were made that way.
     */
    String start() {
        return start;
    }

    /** The token behind every sequence; see {@link #start}. */
    String end() {
        return end;
    }

    /** The token of characters that the vocabulary lacks. */
    String unknown() {
        return unknown;
    }

    /** Whether a token has no text; the token of unknown characters is one of those. */
    boolean isSpecial(String token) {
        return special.contains(token);
    }

    /** Whether a token begins a word. */
    abstract boolean begins(String token);

    /** A token without the sign for its place in a word. */
    abstract String bare(String token);

    /** A word as it reads in a text, with the space in front if the sign for it is there. */
    abstract String plain(String word);

    /** The text of a list of tokens. */
    abstract String join(List<String> tokens);

    private static String stripLeading(String text, char sign) {
        int at = 0;
        while (at < text.length() && text.charAt(at) == sign) {
            at++;
        }
        return text.substring(at);
    }

    private static String withoutSpaces(String token) {
        var text = token;
        for (var sign : TIDY) {
            text = text.replace(" " + sign, sign.strip());
        }
        return text.replace(" do not", " don't");
    }
}
