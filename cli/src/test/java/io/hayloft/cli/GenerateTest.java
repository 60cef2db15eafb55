package io.hayloft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.testing.Shared;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code hayloft generate} with the embedded model, which copies pass keys. */
class GenerateTest {
    private static final String PROMPT = "The pass key of the otter is 7 2 9 4 1 5 3 . The amber falcon was behind the"
            + " barge . Recall : The pass key of the otter is";

    @Test
    void printsTheAnswerAndSaysHowItWent() {
        var run = Cli.good("generate", "--prompt", PROMPT, "-n", "8");

        assertThat(run.out()).startsWith("7 2 9 4 1 5 3").endsWith("\n");
        assertThat(run.err())
                .contains("prompt tokens in ", "with the JIT's warm-up", "new tokens", "cache ", ", uncompressed")
                .contains("note: hayloft-tiny has no chat format");
    }

    @Test
    void oneTokenIsNotWrittenAsMany() {
        assertThat(Cli.good("generate", "--prompt", "", "-n", "1").err())
                .contains("1 prompt token in ", "1 new token in ");
    }

    @Test
    void printsOneJsonObject() {
        var run = Cli.good("generate", "--prompt", PROMPT, "--max-new-tokens", "8", "--top-logprobs", "3", "--json");

        assertThat(run.out()).hasLineCount(1);
        var answer = JsonMapper.shared().readTree(run.out());
        int promptTokens = answer.get("prompt_tokens").asInt();
        assertThat(answer.get("prompt_ids")).hasSize(promptTokens);
        assertThat(answer.get("prompt_ids").get(0).asInt()).isEqualTo(1);
        assertThat(answer.get("text").asString()).startsWith("7 2 9 4 1 5 3");
        assertThat(answer.get("ids")).hasSize(answer.get("generated_tokens").asInt());
        assertThat(answer.get("top"))
                .hasSizeGreaterThanOrEqualTo(answer.get("ids").size());
        var first = answer.get("top").get(0);
        assertThat(first).hasSize(3);
        assertThat(first.get(0).get("id").asInt())
                .isEqualTo(answer.get("ids").get(0).asInt());
        assertThat(first.get(0).get("logprob").asDouble()).isBetween(-1.0, 0.0);
        assertThat(answer.get("stop_reason").asString()).isIn("eos", "length");
        assertThat(answer.get("read_bytes").asLong()).isPositive();
        assertThat(answer.get("full_cache_bytes").asLong()).isPositive();
        assertThat(answer.get("stored_bytes").asLong())
                .isEqualTo(answer.get("read_bytes").asLong());
        assertThat(answer.get("decode_steps").asInt())
                .isBetween(answer.get("ids").size() - 1, answer.get("ids").size());
    }

    @Test
    void takesIdsInPlaceOfText(@TempDir Path folder) throws Exception {
        var text = json("--prompt", PROMPT);
        var file = folder.resolve("ids.txt");
        Files.writeString(file, text.get("prompt_ids").toString());

        var ids = json("--prompt-ids", "@" + file);

        assertThat(ids.get("prompt_ids")).isEqualTo(text.get("prompt_ids"));
        assertThat(ids.get("ids")).isEqualTo(text.get("ids"));
    }

    @Test
    void readsThePromptFromAFile(@TempDir Path folder) throws Exception {
        var file = Files.writeString(folder.resolve("prompt.txt"), PROMPT);

        assertThat(json("--prompt-file", file.toString()).get("ids"))
                .isEqualTo(json("--prompt", PROMPT).get("ids"));
        assertThat(json(PROMPT).get("ids")).isEqualTo(json("--prompt", PROMPT).get("ids"));
    }

    @Test
    void readsThePromptFromAPipe() {
        var terminal = System.in;
        System.setProperty("hayloft.piped", "true");
        System.setIn(new ByteArrayInputStream(PROMPT.getBytes(StandardCharsets.UTF_8)));
        try {
            assertThat(json().get("ids")).isEqualTo(json("--prompt", PROMPT).get("ids"));
        } finally {
            System.setIn(terminal);
            System.setProperty("hayloft.piped", "false");
        }
    }

    @Test
    void specialTokensCountInRawPromptsOnRequest() {
        assertThat(json("--prompt", "<eos> The", "--raw", "--parse-special")
                        .get("prompt_ids")
                        .toString())
                .startsWith("[1,2,");
        assertThat(json("--prompt", "<eos> The", "--raw").get("prompt_ids").toString())
                .doesNotContain("[1,2,");
        assertThat(json("--prompt", "<eos> The").get("prompt_ids").toString()).doesNotContain("[1,2,");
    }

    @Test
    void aThinkingModelIsSwitchedByItsTemplate() {
        var model = Shared.path("compat/thinking").toString();
        var plain = Cli.good("generate", "--model", model, "--prompt", "Hi", "-n", "2", "--json");
        var quick = Cli.good("generate", "--model", model, "--prompt", "Hi", "-n", "2", "--json", "--no-think");
        var same = new String[] {"--template-arg", "enable_thinking=false"};
        var other = Cli.good("generate", "--model", model, "--prompt", "Hi", "-n", "2", "--json", same[0], same[1]);
        var ids = JsonMapper.shared().readTree(quick.out()).get("prompt_ids");
        assertThat(ids).isNotEqualTo(JsonMapper.shared().readTree(plain.out()).get("prompt_ids"));
        assertThat(JsonMapper.shared().readTree(other.out()).get("prompt_ids")).isEqualTo(ids);
    }

    @Test
    void thoughtsAreShownApart() {
        var model = Shared.path("compat/thinking").toString();
        var run = Cli.good(
                "generate",
                "--model",
                model,
                "--raw",
                "--prompt",
                "Hi<think>",
                "-n",
                "3",
                "--max-thinking-tokens",
                "4",
                "--json");
        var answer = JsonMapper.shared().readTree(run.out());
        assertThat(answer.get("thinking_tokens").asInt()).isEqualTo(4 + "</think>".length());
        assertThat(answer.get("thoughts").isString()).isTrue();
        assertThat(answer.get("generated_tokens").asInt()).isEqualTo(4 + "</think>".length() + 3);
    }

    @Test
    void drawsTheSameWithTheSameSeed() {
        var arguments = new String[] {"--prompt", PROMPT, "--temperature", "5", "--seed", "3"};

        assertThat(json(arguments).get("ids")).isEqualTo(json(arguments).get("ids"));
    }

    @Test
    void usesTheMethod() {
        var answer = json("--prompt", (PROMPT + " . ").repeat(20), "--method", "streaming:4x");

        assertThat(answer.get("method").asString()).isEqualTo("streaming:4x");
        assertThat(answer.get("achieved_ratio").asDouble()).isBetween(2.5, 5.0);
    }

    /** The residual of KIVI is longer than the prompt, so nothing is quantised: a full cache in blocks is as large. */
    @Test
    void saysWhenAPromptIsTooShortToCompress() {
        var run = Cli.good("generate", "--prompt", PROMPT, "-n", "2", "--method", "kivi:4bit");

        assertThat(run.err()).contains("tokens is too short for kivi:4bit", "to compress anything");
        var longer =
                Cli.good("generate", "--prompt", (PROMPT + " . ").repeat(20), "-n", "2", "--method", "streaming:4x");
        assertThat(longer.err())
                .doesNotContain("too short")
                .containsPattern("cache [0-9.]+ KB, uncompressed [0-9.]+ [KM]B");
    }

    /** A few tokens that a method always keeps are much of a short prompt. */
    @Test
    void saysWhenLessIsSavedThanAskedFor() {
        var words =
                "note: less compression than asked for, as prompts are short or extra data weighs: snapkv:8x reached";
        var prompt = (PROMPT + " . ").repeat(2);

        assertThat(Cli.good("generate", "--prompt", prompt, "-n", "2", "--method", "snapkv:8x")
                        .err())
                .contains(words, "x of 8.0x");
        var inJson = Cli.good("generate", "--prompt", prompt, "-n", "2", "--method", "snapkv:8x", "--json");
        assertThat(inJson.err()).contains(words);
        assertThat(JsonMapper.shared()
                        .readTree(inJson.out())
                        .get("achieved_ratio")
                        .asDouble())
                .isLessThan(7.2);
        assertThat(Cli.good("generate", "--prompt", PROMPT.repeat(40), "-n", "2", "--method", "truncation:8x")
                        .err())
                .doesNotContain("less compression");
    }

    /** What a shorter prompt saves is only seen beside the cache of the full one. */
    @Test
    void aShortenedPromptIsComparedWithTheFullOne() {
        var full = Cli.good("generate", "--prompt", (PROMPT + " . ").repeat(40), "-n", "2", "--method", "snapkv:8x");
        var shortened =
                Cli.good("generate", "--prompt", (PROMPT + " . ").repeat(40), "-n", "2", "--method", "truncation:8x");

        var size = full.err().replaceFirst("(?s).*, uncompressed ([0-9.]+ [KM]B).*", "$1");
        assertThat(shortened.err()).contains(", of the full prompt uncompressed " + size);
    }

    @Test
    void aTerminalShowsHowFarThePromptIsRead() {
        var err = new StringWriter();
        var listener = GenerateSummary.prefillProgress(new StatusLine(new PrintWriter(err), true));

        listener.prefilled(1024, 4096);
        assertThat(err.toString()).endsWith("reading the prompt: 1,024 of 4,096 tokens");
        listener.prefilled(4096, 4096);
        assertThat(err.toString()).endsWith("\r\u001b[K");
        assertThat(Cli.good("generate", PROMPT, "-n", "2").err()).doesNotContain("reading the prompt");
    }

    /** Of a long prompt and answer the speeds are given, counted after the compiler's warm-up. */
    @Test
    void givesTheSpeedOfTheWarmPart() {
        var run = Cli.good("generate", "--prompt", (PROMPT + " . ").repeat(40), "-n", "64");

        assertThat(run.err())
                .containsPattern("[0-9,]+ prompt tokens at [0-9.,]+/s")
                .doesNotContain("tokens in ");
    }

    @Test
    void refusesAPromptThatIsLongerThanTheContext() {
        Cli.run("generate", "--prompt", "The otter . ".repeat(6000))
                .isUserError("16384", "18001", "--method truncation:2x");
        Cli.run("generate", "--prompt-ids", "5,".repeat(16384) + "5")
                .isUserError("has 16385 tokens, but the context of hayloft-tiny is 16384: shorten the prompt\n");
    }

    private static JsonNode json(String... arguments) {
        var line = new String[arguments.length + 4];
        line[0] = "generate";
        System.arraycopy(arguments, 0, line, 1, arguments.length);
        line[arguments.length + 1] = "--json";
        line[arguments.length + 2] = "--max-new-tokens";
        line[arguments.length + 3] = "8";
        return JsonMapper.shared().readTree(Cli.good(line).out());
    }
}
