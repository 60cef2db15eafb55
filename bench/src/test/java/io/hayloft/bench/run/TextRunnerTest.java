package io.hayloft.bench.run;

import static io.hayloft.testing.FakeServer.completion;
import static io.hayloft.testing.FakeServer.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import io.hayloft.bench.BenchSpec;
import io.hayloft.bench.ChatChoice;
import io.hayloft.bench.ModelChoice;
import io.hayloft.bench.Protocol;
import io.hayloft.bench.endpoint.Api;
import io.hayloft.bench.endpoint.Endpoint;
import io.hayloft.bench.identity.ModelFacts;
import io.hayloft.bench.plan.PlannedSample;
import io.hayloft.engine.model.CheckpointText;
import io.hayloft.formats.checkpoint.Checkpoint;
import io.hayloft.formats.checkpoint.ReadOptions;
import io.hayloft.tasks.Prompt;
import io.hayloft.testing.FakeServer;
import io.hayloft.testing.FakeServer.Request;
import io.hayloft.testing.Goldens;
import io.hayloft.testing.Shared;
import io.hayloft.tokenizer.Tokenizer;
import io.hayloft.tokenizer.Tokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class TextRunnerTest {
    private static final TextRunner.Engine ENGINE = new TextRunner.Engine("f16", "java", "", 2);
    private static final String TEMPLATE =
            "{{ bos_token }}{% for m in messages %}[{{ m['role'] }}]{{ m['content'] }}{% endfor %}[assistant]";

    @TempDir
    Path folder;

    private static TextRunner open(Path path) {
        return open(path, false, ReadOptions.DEFAULTS);
    }

    private static TextRunner open(Path path, boolean embedded, ReadOptions options) {
        return TextRunner.open(new ModelChoice("some model", path, embedded), options, ENGINE, ChatChoice.NONE);
    }

    /** A folder that has a tokenizer with a BOS token, and with a chat format that writes it. */
    private Path tokenizerOnly() throws IOException {
        Files.copy(Goldens.path("tokenizers/sp_bpe_llama2/tokenizer.json"), folder.resolve("tokenizer.json"));
        Files.writeString(
                folder.resolve("tokenizer_config.json"),
                new JsonMapper()
                        .writeValueAsString(
                                Map.of("bos_token", "<s>", "eos_token", "</s>", "chat_template", TEMPLATE)));
        return folder;
    }

    @Test
    void aFolderNeedsNoWeights() throws IOException {
        try (var runner = open(tokenizerOnly())) {
            assertThat(runner.model().contextLength()).isEqualTo(ModelFacts.UNLIMITED);
            assertThat(runner.model().chatFormat()).isTrue();
            assertThat(runner.model().weightBytes()).isZero();
            assertThat(runner.fullCacheBytes(1000)).isZero();
            assertThat(runner.encode(new Prompt("Some text", "", false), Protocol.QUESTION_AWARE)
                            .ids()
                            .length)
                    .isBetween(3, 10);
            assertThat(runner.model().hash()).hasSize(64);
        }
        try (var shorter = open(folder, false, new ReadOptions(4096, false))) {
            assertThat(shorter.model().contextLength()).isEqualTo(4096);
        }
        Files.writeString(folder.resolve("tokenizer_config.json"), "{\"bos_token\": \"<s>\"}");
        try (var other = open(folder)) {
            assertThat(other.model().chatFormat()).isFalse();
            assertThat(other.chatText(new Prompt("a", "b", true))).isEqualTo("ab");
        }
    }

    /** The server's tokenizer adds a BOS token to plain text, so the one that the template writes is left out. */
    @Test
    void aChatAsTextHasItsBosTokenFromTheServer() throws IOException {
        var prompt = new Prompt("Context. ", "Question?", true);
        try (var runner = open(tokenizerOnly());
                var tokenizer = Tokenizers.fromFolder(folder)) {
            assertThat(runner.chatText(prompt)).isEqualTo("[user]Context. Question?[assistant]");
            assertThat(tokenizer.encode(runner.chatText(prompt), true, true))
                    .isEqualTo(runner.encode(prompt, Protocol.QUESTION_AWARE).ids());
            assertThat(runner.chatText(new Prompt("Context. ", "Question?", false)))
                    .isEqualTo("Context. Question?");
        }
    }

    /** Some chat formats refuse system messages, some leave them out: their rules come first in the user's message. */
    @Test
    void rulesAreASystemMessageWhereTheChatFormatTakesOne() throws IOException {
        var prompt = new Prompt("Rules.\n\n", "Context. ", "Question?", true, List.of(), List.of(), true);
        try (var runner = open(tokenizerOnly())) {
            assertThat(runner.chatText(prompt)).isEqualTo("[system]Rules.[user]Context. Question?[assistant]");
            var encoded = runner.encode(prompt, Protocol.QUESTION_AGNOSTIC);
            assertThat(String.join("", runner.pieces(Arrays.copyOf(encoded.ids(), encoded.compressAfter()))))
                    .endsWith("Context.");
        }
        var refusing = "{% if messages[0]['role'] == 'system' %}{{ raise_exception('no') }}{% endif %}" + TEMPLATE;
        var silent = TEMPLATE.replace("in messages %}", "in messages if m['role'] != 'system' %}");
        for (var template : List.of(refusing, silent)) {
            Files.writeString(
                    folder.resolve("tokenizer_config.json"),
                    new JsonMapper().writeValueAsString(Map.of("bos_token", "<s>", "chat_template", template)));
            try (var runner = open(folder)) {
                assertThat(runner.chatText(prompt)).isEqualTo("[user]Rules.\n\nContext. Question?[assistant]");
            }
        }
    }

    @Test
    void aModelsContextLimitsPromptsButNotThatOfTheEmbeddedOne() {
        try (var tiny = open(Goldens.tinyModel())) {
            assertThat(tiny.model().contextLength()).isBetween(1024, 1 << 20);
            assertThat(tiny.model().hash()).hasSize(64);
            assertThat(tiny.fullCacheBytes(1000)).isPositive();
        }
        try (var embedded = open(Goldens.tinyModel(), true, ReadOptions.DEFAULTS)) {
            assertThat(embedded.model().contextLength()).isEqualTo(ModelFacts.UNLIMITED);
        }
    }

    @Test
    void aFolderWithoutATokenizerIsRefused() {
        assertThatThrownBy(() -> open(folder)).isInstanceOf(UserError.class).hasMessageContaining("tokenizer.json");
    }

    /** LongBench: chat tasks in the server's chat format or in ours, others to the completions as they are. */
    @Test
    void realPromptsReachTheServerAsTheFullCacheReadsThem() {
        var file = Shared.realModel("SmolLM2-135M-Instruct.Q4_1.gguf");
        var spec = BenchSpec.builder(new ModelChoice("smollm2", file, false))
                .tasks(List.of("qasper", "samsum"))
                .data(Shared.path("longbench/samples"))
                .limitTokens(500)
                .samples(2);
        for (var api : List.of(Api.AUTO, Api.COMPLETIONS)) {
            try (var checkpoint = Checkpoint.open(file);
                    var tokenizer = CheckpointText.tokenizer(checkpoint);
                    var server = new FakeServer(request ->
                            request.path().endsWith("/chat/completions") ? message("x", 1, 1) : completion("x", 1, 1));
                    var runner = open(file)) {
                var endpoint = Endpoint.of(server.url(), "m", "row", api, 1, Endpoint.Limits.STANDARD);
                var run = spec.out(folder.resolve(api.text())).build();
                try (var asked = EndpointRun.prepare(run, endpoint, runner, false)) {
                    asked.run("", RunListener.NONE);
                }
                var planned = SampleJob.open(run, runner);
                assertThat(server.requests()).hasSize(4);
                for (int i = 0; i < 4; i++) {
                    check(server.requests().get(i), planned.choice().planned(i), api, tokenizer);
                }
            }
        }
    }

    private static void check(Request request, PlannedSample sample, Api api, Tokenizer tokenizer) {
        var body = new JsonMapper().readTree(request.body());
        var text = sample.sample().prompt().text();
        if (sample.task().name().equals("samsum")) {
            assertThat(body.get("prompt").stringValue()).isEqualTo(text);
        } else if (api == Api.AUTO) {
            assertThat(body.at("/messages/0/content").stringValue()).isEqualTo(text);
        } else {
            var prompt = body.get("prompt").stringValue();
            assertThat(prompt).contains(text.strip()).startsWith("<|im_start|>system");
            assertThat(tokenizer.encode(prompt, true, true))
                    .isEqualTo(sample.prompt().ids());
        }
        assertThat(body.get("max_tokens").intValue()).isEqualTo(sample.rules().maxNewTokens());
        assertThat(body.has("stop")).isFalse(); // the line feed that ends a samsum answer may not be its first token
    }
}
