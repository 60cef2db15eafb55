package io.hayloft.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import io.hayloft.testing.Refusal;
import io.hayloft.testing.Shared;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The tokenizer of RWKV World models, from every form of its vocabulary. */
class TrieTokenizerTest {
    @TempDir
    Path folder;

    @Test
    void idsAndTextsAreThoseOfTheReference() {
        var golden = Shared.golden("tokenizers/rwkv_world_trie");
        var expected = JsonFile.read(golden.resolve("expected.json"));
        assertThat(expected.path("cases").size()).isEqualTo(149);
        try (var tokenizer = Tokenizers.fromFolder(golden)) {
            for (var item : expected.path("cases")) {
                var text = item.path("text").asString();
                int[] ids = IntStream.range(0, item.path("ids").size())
                        .map(i -> item.path("ids").get(i).asInt())
                        .toArray();
                assertThat(tokenizer.encode(text, true, true)).as(text).isEqualTo(ids);
                assertThat(tokenizer.decode(ids, true)).isEqualTo(text);
                var stream = tokenizer.stream();
                var streamed = new StringBuilder();
                for (int id : ids) {
                    streamed.append(stream.push(id));
                }
                assertThat(streamed + stream.flush()).isEqualTo(text);
            }
        }
    }

    /** Single bytes, and some tokens that begin each other; as the original programs write them. */
    private static List<String> tokens() {
        var tokens = new ArrayList<String>();
        for (int b = 0; b < 256; b++) {
            tokens.add(String.format("b'\\x%02x'", b));
        }
        tokens.addAll(List.of("'th'", "' the'", "'\\n\\n'", "\"it's\"", "'\\'\"'", "'é'", "b'\\xf0\\x9f'", "'  '"));
        return tokens;
    }

    private static byte[] bytes(String token) {
        return Objects.requireNonNull(PythonLiteral.read(token), token);
    }

    private static String numbered() {
        var lines = new StringBuilder();
        for (int i = 0; i < tokens().size(); i++) {
            var token = tokens().get(i);
            int length = bytes(token).length;
            lines.append(i + 1)
                    .append(' ')
                    .append(token)
                    .append(' ')
                    .append(length)
                    .append('\n');
        }
        return lines.toString();
    }

    private static String json() {
        var json = new StringBuilder("{\"0\": \"<s>\"");
        for (int i = 0; i < tokens().size(); i++) {
            var bytes = new ArrayList<Integer>();
            for (byte b : bytes(tokens().get(i))) {
                bytes.add(b & 0xFF);
            }
            json.append(", \"").append(i + 1).append("\": ").append(i == 259 ? "\"it's\"" : bytes);
        }
        return json.append("}").toString();
    }

    private Tokenizer open(String name, String content) throws IOException {
        Files.writeString(folder.resolve(name), content);
        return Tokenizers.fromFolder(folder);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"rwkv_vocab_v20230424.txt", "vocab.txt", "vocab.txt of literals", "rwkv_vocab_v20230424.json"})
    void everyFormOfTheVocabularyGivesTheSameIds(String form) throws IOException {
        var name = form.replace(" of literals", "");
        var content = form.contains("literals")
                ? "b'<s>'\n" + String.join("\n", tokens()) + "\n"
                : name.endsWith(".json") ? json() : numbered();
        assertThat(Tokenizers.isIn(folder)).isFalse();
        try (var tokenizer = open(name, content)) {
            assertThat(Tokenizers.isIn(folder)).isTrue();
            assertThat(tokenizer.encode(" the t\n\n\nit's é <s>", true, true))
                    .containsExactly(258, 33, 117, 259, 11, 260, 33, 262, 33, 61, 116, 63);
            assertThat(tokenizer.encode("'\"😀   ", true, true)).containsExactly(261, 263, 0x98 + 1, 0x80 + 1, 264, 33);
            assertThat(tokenizer.decode(new int[] {263, 260, 0, 0x98 + 1, 999}, true))
                    .isEqualTo("\uFFFDit's\uFFFD");
            assertThat(tokenizer.vocabularySize()).isEqualTo(265);
            assertThat(tokenizer.token(258)).isEqualTo(" the");
            assertThat(tokenizer.token(263)).isEqualTo("b'\\xf0\\x9f'");
            assertThat(tokenizer.eosIds()).containsExactly(0);
            assertThat(tokenizer.bosId()).isEmpty();
        }
    }

    @Test
    void theFilesBesideItSayWhatBeginsAndEndsAText() throws IOException {
        Files.writeString(folder.resolve("tokenizer_config.json"), "{\"add_bos_token\": true}");
        Files.writeString(folder.resolve("config.json"), "{\"bos_token_id\": 0, \"eos_token_id\": [0, 259]}");
        try (var tokenizer = open("vocab.txt", numbered())) {
            assertThat(tokenizer.encode("a", true, false)).containsExactly(0, 98);
            assertThat(tokenizer.encode("a", false, false)).containsExactly(98);
            assertThat(tokenizer.eosIds()).containsExactly(0, 259);
        }
    }

    /** Against a search that tries all tokens, over random texts of few letters. */
    @Test
    void theLongestTokenIsTaken() throws IOException {
        var random = new Random(5);
        var texts = new ArrayList<String>();
        for (int i = 0; i < 60; i++) {
            var text = letters(random, 2 + random.nextInt(4));
            if (!texts.contains(text)) {
                texts.add(text);
            }
        }
        var lines = new StringBuilder(numbered());
        for (int i = 0; i < texts.size(); i++) {
            lines.append(300 + i)
                    .append(" '")
                    .append(texts.get(i))
                    .append("' ")
                    .append(texts.get(i).length())
                    .append('\n');
        }
        try (var tokenizer = open("rwkv_vocab_v20230424.txt", lines.toString())) {
            var text = letters(random, 400);
            var expected = new ArrayList<Integer>();
            for (int at = 0; at < text.length(); ) {
                var best = text.substring(at, at + 1);
                for (var token : texts) {
                    best = text.startsWith(token, at) && token.length() > best.length() ? token : best;
                }
                expected.add(best.length() == 1 ? best.charAt(0) + 1 : 300 + texts.indexOf(best));
                at += best.length();
            }
            assertThat(tokenizer.encode(text, true, true))
                    .isEqualTo(expected.stream().mapToInt(Integer::intValue).toArray());
        }
    }

    private static String letters(Random random, int count) {
        var text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.append("abc".charAt(random.nextInt(3)));
        }
        return text.toString();
    }

    @Test
    void brokenFilesAreRefusedWithTheLine() throws IOException {
        refuse("1 'a' 1\n2 'bc' 1\n", "line 2 says 1 bytes, but its token has 2");
        refuse("1 'a' 1\n1 'b' 1\n", "id 1 has a token already");
        refuse("1 'a' 1\n2 [98] 1\n", "line 2 has no Python literal");
        refuse("1 'a' 1\nx 'b' 1\n", "line 2 has 'x' where a number should be");
        refuse("1 'a' 1\n", "no token of the single byte 0");
        refuse("1 '\\ud800' 3\n", "line 1 has no Python literal");
        refuse("1 'a' 1\n99999999 'b' 1\n", "ids go up to");
        Files.delete(folder.resolve("rwkv_vocab_test.txt"));
        // A file of texts and ids has lost what is not text.
        Files.writeString(folder.resolve("rwkv_vocab_test.json"), "{\"a\": 98, \"\": 130}");
        assertThatThrownBy(() -> Tokenizers.fromFolder(folder))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("fetch rwkv_vocab_v20230424.txt");
    }

    private void refuse(String content, String message) throws IOException {
        var file = folder.resolve("rwkv_vocab_test.txt");
        Files.writeString(file, content);
        assertThatThrownBy(() -> Tokenizers.fromFolder(folder))
                .isInstanceOfSatisfying(UserError.class, e -> Refusal.check(e, file.toString()))
                .hasMessageContaining(message);
    }

    @Test
    void vocabulariesOfOtherKindsAreLeftAlone() throws IOException {
        Files.writeString(folder.resolve("vocab.txt"), "[PAD]\n[UNK]\n");
        assertThat(Tokenizers.isIn(folder)).isFalse();
        assertThatThrownBy(() -> Tokenizers.fromFolder(folder))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("no tokenizer");
    }

    @Test
    void literalsAreReadAsPythonDoes() {
        assertThat(text("'\\x41\\u00e9\\U0001f600\\101\\n\\t\\\\\\'\\q'")).isEqualTo("Aé😀A\n\t\\'\\q");
        assertThat(PythonLiteral.read("b'\\xe9\\u0041'"))
                .isEqualTo(new byte[] {(byte) 0xE9, '\\', 'u', '0', '0', '4', '1'});
        assertThat(text("\"'\"")).isEqualTo("'");
        for (var broken : List.of("", "'", "a", "'a", "'a\"", "'\\'", "'a'b'", "b'é'", "'\\x4'", "'\\U00110000'")) {
            assertThat(PythonLiteral.read(broken)).as(broken).isNull();
        }
    }

    private static String text(String literal) {
        return new String(PythonLiteral.read(literal), StandardCharsets.UTF_8);
    }
}
