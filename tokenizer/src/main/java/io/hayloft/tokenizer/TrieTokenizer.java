package io.hayloft.tokenizer;

import io.hayloft.tokenizer.template.Rendered;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The tokenizer of RWKV World models: at each place of a text's UTF-8 bytes the longest token that stands there. It has no
 * text for special tokens: id 0, which ends a text, is never made of a text.
 */
final class TrieTokenizer implements Tokenizer {
    private final TrieVocabulary vocabulary;
    private final Trie trie;
    private final int[] eosIds;
    private final OptionalInt bosId;

    /**
     * The tokenizer of a vocabulary file.
     *
     * @param folder whose files say which tokens end a text, and whether one begins it
     */
    static TrieTokenizer read(Path file, Path folder) {
        var vocabulary = TrieVocabulary.read(file);
        var ends = EndTokens.fromFolder(folder, new Vocabulary("RWKV World", vocabulary.names(), List.of()));
        var settings = folder.resolve("tokenizer_config.json");
        boolean addBos = settings.toFile().isFile()
                && JsonFile.read(settings).path("add_bos_token").asBoolean(false);
        return new TrieTokenizer(vocabulary, ends, addBos);
    }

    private TrieTokenizer(TrieVocabulary vocabulary, EndTokens ends, boolean addBos) {
        this.vocabulary = vocabulary;
        trie = new Trie(vocabulary.bytes());
        eosIds = ends.eos().isEmpty()
                ? new int[] {0}
                : ends.eos().stream().mapToInt(Integer::intValue).toArray();
        bosId = addBos ? OptionalInt.of(Math.max(0, ends.bos())) : OptionalInt.empty();
    }

    @Override
    public int[] encode(String text, boolean addSpecial, boolean parseSpecial) {
        var bytes = NativeTokenizer.wellFormed(text).getBytes(StandardCharsets.UTF_8);
        var ids = new int[bytes.length + 1];
        int count = 0;
        if (addSpecial && bosId.isPresent()) {
            ids[count++] = bosId.getAsInt();
        }
        for (int at = 0; at < bytes.length; ) {
            int id = trie.longest(bytes, at);
            ids[count++] = id;
            at += trie.length(id);
        }
        return Arrays.copyOf(ids, count);
    }

    @Override
    public int[] encodeChat(Rendered chat, boolean addSpecial) {
        return encode(chat.text(), addSpecial, false);
    }

    @Override
    public String decode(int[] ids, boolean skipSpecial) {
        var out = new ByteArrayOutputStream();
        for (int id : ids) {
            var token = id >= 0 && id < vocabulary.bytes().size()
                    ? vocabulary.bytes().get(id)
                    : null;
            if (token != null) {
                out.writeBytes(token);
            } else if (!skipSpecial) {
                out.writeBytes(token(id).getBytes(StandardCharsets.UTF_8));
            }
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    @Override
    public int vocabularySize() {
        return vocabulary.names().size();
    }

    @Override
    public String token(int id) {
        return id >= 0 && id < vocabulary.names().size() ? vocabulary.names().get(id) : "";
    }

    @Override
    public OptionalInt bosId() {
        return bosId;
    }

    @Override
    public int[] eosIds() {
        return eosIds.clone();
    }

    @Override
    public String describe() {
        var start = bosId.isPresent() ? "BOS #" + bosId.getAsInt() : "no BOS token";
        var ends = new StringBuilder();
        for (int id : eosIds) {
            ends.append(" #").append(id);
        }
        return "RWKV World, " + vocabularySize() + " tokens, " + start + ", EOS" + ends;
    }

    @Override
    public void close() {
        // lies on the Java heap
    }

    /** Tokens by their bytes: a tree whose edges lie in one table with open addressing. */
    private static final class Trie {
        private static final int NONE = -1;

        /** Keys: node in the upper 24 bits, byte in the lower 8. */
        private final int[] keys;

        private final int[] children;
        /** The token that ends at each node, or {@link #NONE}. */
        private final int[] ids;

        private final int[] lengths;
        private int nodes = 1;

        Trie(List<byte @Nullable []> tokens) {
            int edges = 0;
            for (var token : tokens) {
                edges += token == null ? 0 : token.length;
            }
            keys = new int[Integer.highestOneBit(Math.max(4, edges)) << 2];
            children = new int[keys.length];
            ids = new int[edges + 1];
            lengths = new int[tokens.size()];
            Arrays.fill(keys, NONE);
            Arrays.fill(ids, NONE);
            for (int id = 0; id < tokens.size(); id++) {
                var token = tokens.get(id);
                if (token != null && token.length > 0) {
                    add(token, id);
                }
            }
        }

        /** Adds a token; of two with the same bytes the later one counts. */
        private void add(byte[] token, int id) {
            int node = 0;
            for (byte b : token) {
                int slot = slot(node, b);
                if (keys[slot] == NONE) {
                    keys[slot] = key(node, b);
                    children[slot] = nodes++;
                }
                node = children[slot];
            }
            ids[node] = id;
            lengths[id] = token.length;
        }

        /** The longest token at a place; there is one, since every single byte is a token. */
        int longest(byte[] text, int from) {
            int node = 0;
            int best = NONE;
            for (int at = from; at < text.length; at++) {
                int slot = slot(node, text[at]);
                if (keys[slot] == NONE) {
                    break;
                }
                node = children[slot];
                best = ids[node] == NONE ? best : ids[node];
            }
            return best;
        }

        int length(int id) {
            return lengths[id];
        }

        private static int key(int node, byte b) {
            return (node << 8) | (b & 0xFF);
        }

        /** Where an edge is, or the free slot where it would be. */
        private int slot(int node, byte b) {
            int key = key(node, b);
            int mask = keys.length - 1;
            int slot = ((key * 0x9E3779B9) >>> 7) & mask;
            while (keys[slot] != NONE && keys[slot] != key) {
                slot = (slot + 1) & mask;
            }
            return slot;
        }
    }
}
