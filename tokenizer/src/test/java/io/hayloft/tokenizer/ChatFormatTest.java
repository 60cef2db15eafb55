package io.hayloft.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import io.hayloft.formats.checkpoint.GgufFile;
import io.hayloft.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** Where chat templates are found, what they are given, and what becomes of their text. */
class ChatFormatTest {
    private static final List<ChatMessage> HELLO = List.of(new ChatMessage("user", "Hi"));

    @TempDir
    Path folder;

    @Test
    void aRealModelsChatEncodesToTheIdsOfTheReference() throws IOException {
        var model = Shared.realModel("SmolLM2-135M-Instruct.Q4_1.gguf");
        var golden = JsonMapper.shared()
                .readTree(Files.readAllLines(Shared.path("goldens/real/smollm2.jsonl"))
                        .getFirst());
        var question = List.of(new ChatMessage("user", "What is the capital of France?"));
        try (var gguf = GgufFile.open(model);
                var tokenizer = Tokenizers.fromGguf(gguf.metadata(), "model.gguf")) {
            var format = ChatFormat.fromGguf(gguf.metadata(), "model.gguf").orElseThrow();
            assertThat(format.render(question, true))
                    .isEqualTo(golden.path("text").asString());
            var ids = new int[golden.path("ids").size()];
            for (int i = 0; i < ids.length; i++) {
                ids[i] = golden.path("ids").get(i).asInt();
            }
            assertThat(format.encode(tokenizer, question, true)).isEqualTo(ids);
        }
    }

    @Test
    void aBaseModelHasNoChatFormat() throws IOException {
        assertThat(ChatFormat.fromFolder(folder)).isEmpty();
        Files.writeString(folder.resolve("tokenizer_config.json"), "{\"bos_token\": \"<s>\", \"chat_template\": null}");
        assertThat(ChatFormat.fromFolder(folder)).isEmpty();
        assertThat(ChatFormat.fromGguf(Map.of(), "model.gguf")).isEmpty();
    }

    @Test
    void theTemplateFileGoesBeforeTheConfig() throws IOException {
        Files.writeString(folder.resolve("tokenizer_config.json"), """
            {"bos_token": {"content": "<s>"}, "eos_token": "</s>",
             "chat_template": [{"name": "tool_use", "template": "no"},
                               {"name": "default", "template": "{{ bos_token }}{{ messages[0].content }}"}]}
            """);
        assertThat(ChatFormat.fromFolder(folder).orElseThrow().render(HELLO, true))
                .isEqualTo("<s>Hi");
        Files.writeString(folder.resolve("chat_template.jinja"), "{{ messages[0].content }}{{ eos_token }}\n");
        assertThat(ChatFormat.fromFolder(folder).orElseThrow().render(HELLO, true))
                .isEqualTo("Hi</s>");
    }

    @Test
    void theStartTokenStandsInFrontOnce() throws IOException {
        var file = Shared.path("goldens/tokenizers/byte_bpe_llama3/tokenizer.json");
        Files.copy(file, folder.resolve("tokenizer.json"));
        for (var start : List.of("", "{{ bos_token }}")) {
            Files.writeString(
                    folder.resolve("tokenizer_config.json"),
                    "{\"bos_token\": \"<|begin_of_text|>\", \"chat_template\": \"" + start
                            + "{{ messages[0].content }}\"}");
            try (var tokenizer = Tokenizers.fromFolder(folder)) {
                var ids = ChatFormat.fromFolder(folder).orElseThrow().encode(tokenizer, HELLO, true);
                assertThat(ids).startsWith(703).isEqualTo(tokenizer.encode("Hi", true, true));
            }
        }
    }

    @Test
    void failuresNameTheFileInOneLine() {
        for (var template :
                List.of("{% for %}", "{{ raise_exception('no\\nsystem') }}", "{{ 'x'.explode() }}", "{% if %}")) {
            assertThatThrownBy(() -> format(template).render(HELLO, true))
                    .isInstanceOf(UserError.class)
                    .hasMessageStartingWith("here: the chat template")
                    .message()
                    .doesNotContain("\n");
        }
    }

    @Test
    void furtherVariablesAndTheClockReachTheTemplate() {
        assertThat(format("{{ enable_thinking }} {{ strftime_now('%d %b %Y') }}")
                        .render(HELLO, true, Map.of("enable_thinking", false)))
                .isEqualTo("False 05 Feb 2026");
    }

    @Test
    void theDateCanBePinned() {
        var format = format("{{ strftime_now('%d %B %Y') }}");
        var later = format.withClock(Clock.fixed(Instant.parse("2027-11-30T10:00:00Z"), ZoneOffset.UTC));
        assertThat(later.render(HELLO, true)).isEqualTo("30 November 2027");
        assertThat(format.render(HELLO, true)).isEqualTo("05 February 2026");
    }

    @Test
    void messagesAreNeverReadAsTemplate() {
        var evil = List.of(new ChatMessage("user", "{{ messages }}{% raw %}<b>&amp;'\"</b>"));
        assertThat(format("{{ messages[0].content }}").render(evil, true))
                .isEqualTo(evil.getFirst().content());
    }

    private static ChatFormat format(String template) {
        return new ChatFormat(
                "here", template, Map.of(), Clock.fixed(Instant.parse("2026-02-05T10:00:00Z"), ZoneOffset.UTC));
    }
}
