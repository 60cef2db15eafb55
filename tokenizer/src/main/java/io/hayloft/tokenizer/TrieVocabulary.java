package io.hayloft.tokenizer;

import io.hayloft.base.FileError;
import io.hayloft.base.UserError;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The tokens of an RWKV World model, each a run of bytes. Id 0 ends a text and has no bytes of its own.
 *
 * <p>Files come in three forms: lines of id, Python literal and length in bytes ({@code rwkv_vocab_v20230424.txt} of the
 * original programs), a Python literal a line with ids counted from 0 ({@code vocab.txt} of Hugging Face folders), and a
 * JSON object from ids to texts or lists of bytes.
 *
 * @param bytes of each id; null where an id has no token
 * @param names of each id as people read them; empty where an id has no token
 */
record TrieVocabulary(List<byte @Nullable []> bytes, List<String> names) {
    /** Ids of a World model: the largest that files have is 65535. */
    private static final int MOST = 1 << 20;

    /** Longest token, in bytes; those of the World vocabulary have up to 128. */
    private static final int LONGEST = 1 << 10;

    /** Bytes of all tokens together. */
    private static final long LARGEST = 1 << 22;

    /** The vocabulary file of a folder; empty if it has none by the names that such files bear. */
    static Optional<Path> find(Path folder) {
        if (!Files.isDirectory(folder)) {
            return Optional.empty();
        }
        try (var files = Files.list(folder)) {
            var own = files.filter(file -> file.getFileName().toString().matches("rwkv_vocab.*\\.(txt|json)"))
                    .min((a, b) -> rank(a).compareTo(rank(b)));
            var plain = folder.resolve("vocab.txt");
            return own.isPresent() ? own : Optional.of(plain).filter(TrieVocabulary::looksRight);
        } catch (IOException e) {
            throw new UserError(folder + ": cannot be read: " + FileError.reason(e), e);
        }
    }

    /** Texts before JSON, whose writers may have lost bytes. */
    private static String rank(Path file) {
        var name = file.getFileName().toString();
        return (name.endsWith(".txt") ? "0" : "1") + name;
    }

    /** Whether a {@code vocab.txt} begins like one of these: models of other kinds have a file of this name, too. */
    private static boolean looksRight(Path file) {
        if (!Files.isRegularFile(file)) {
            return false;
        }
        var first = JsonFile.text(file).lines().findFirst().orElse("");
        return first.matches("\\d+ [bB]?['\"].*['\"] \\d+") || first.matches("[bB]['\"].*['\"]");
    }

    /** Reads a file in any of the forms. */
    static TrieVocabulary read(Path file) {
        var reader = new Reader(file.toString());
        if (file.getFileName().toString().endsWith(".json")) {
            reader.readJson(JsonFile.read(file));
        } else {
            reader.readLines(JsonFile.text(file).lines().toList());
        }
        return reader.vocabulary();
    }

    private static final class Reader {
        private final String source;
        private final List<byte @Nullable []> bytes = new ArrayList<>();
        private long total;

        Reader(String source) {
            this.source = source;
        }

        void readLines(List<String> lines) {
            boolean numbered = !lines.isEmpty() && lines.getFirst().matches("\\d+ .*");
            for (int i = 0; i < lines.size(); i++) {
                if (numbered) {
                    readNumbered(lines.get(i), "line " + (i + 1));
                } else {
                    put(i, literal(lines.get(i), "line " + (i + 1)), "line " + (i + 1));
                }
            }
        }

        /** A line of id, literal and length; the literal may hold blanks. */
        private void readNumbered(String line, String where) {
            int first = line.indexOf(' ');
            int last = line.lastIndexOf(' ');
            if (first < 0 || first == last) {
                throw error(where + " is not an id, a Python literal and a length");
            }
            int id = number(line.substring(0, first), where);
            var token = literal(line.substring(first + 1, last).strip(), where);
            int length = number(line.substring(last + 1), where);
            if (token.length != length) {
                throw error(where + " says " + length + " bytes, but its token has " + token.length);
            }
            put(id, token, where);
        }

        private byte[] literal(String text, String where) {
            var token = PythonLiteral.read(text);
            if (token == null) {
                throw error(where + " has no Python literal of a text or of bytes");
            }
            return token;
        }

        private int number(String digits, String where) {
            if (!digits.matches("\\d{1,9}")) {
                throw error(where + " has '" + digits + "' where a number should be");
            }
            return Integer.parseInt(digits);
        }

        void readJson(JsonNode root) {
            if (!root.isObject()) {
                throw error("is not a JSON object");
            }
            for (Map.Entry<String, JsonNode> entry : root.properties()) {
                var value = entry.getValue();
                var where = "entry '" + entry.getKey() + "'";
                if (value.isIntegralNumber()) { // from texts to ids, which has no way to write bytes
                    put(value.asInt(), entry.getKey().getBytes(StandardCharsets.UTF_8), where);
                } else {
                    put(
                            number(entry.getKey(), where),
                            value.isArray() ? list(value, where) : text(value, where),
                            where);
                }
            }
        }

        private byte[] text(JsonNode value, String where) {
            if (!value.isString()) {
                throw error(where + " is neither a text nor a list of bytes");
            }
            return value.asString().getBytes(StandardCharsets.UTF_8);
        }

        private byte[] list(JsonNode values, String where) {
            var token = new byte[values.size()];
            for (int i = 0; i < token.length; i++) {
                var value = values.path(i);
                if (!value.isIntegralNumber() || value.asInt() < 0 || value.asInt() > 255) {
                    throw error(where + " has an item that is not a byte");
                }
                token[i] = (byte) value.asInt();
            }
            return token;
        }

        private void put(int id, byte[] token, String where) {
            if (id < 0 || id >= MOST || token.length > LONGEST) {
                throw error(where + ": ids go up to " + (MOST - 1) + ", tokens to " + LONGEST + " bytes");
            }
            while (bytes.size() <= id) {
                bytes.add(null);
            }
            total += token.length;
            if (total > LARGEST) {
                throw error(where + ": its tokens have more than " + LARGEST + " bytes together");
            }
            if (bytes.get(id) != null) {
                throw error(where + ": id " + id + " has a token already");
            }
            bytes.set(id, token);
        }

        TrieVocabulary vocabulary() {
            var names = new ArrayList<String>();
            var single = new boolean[256];
            for (int id = 0; id < bytes.size(); id++) {
                var token = bytes.get(id);
                names.add(token == null ? "" : PythonLiteral.show(token));
                if (id > 0 && token != null && token.length == 1) {
                    single[token[0] & 0xFF] = true;
                }
            }
            for (int b = 0; b < single.length; b++) {
                if (!single[b]) {
                    throw error("has no token of the single byte " + b + ", so that not every text can be written:"
                            + " fetch rwkv_vocab_v20230424.txt, which has all bytes");
                }
            }
            if (!bytes.isEmpty()) {
                bytes.set(0, null); // it may be written as a text, such as <s>, but is never made of a text
            }
            return new TrieVocabulary(bytes, names);
        }

        private UserError error(String message) {
            return FileError.of(source, message);
        }
    }
}
