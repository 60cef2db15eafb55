package io.hayloft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.engine.generation.GenerationListener;
import io.hayloft.engine.generation.GenerationOptions;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.engine.model.LoadOptions;
import io.hayloft.methods.registry.Methods;
import io.hayloft.testing.Goldens;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code hayloft generate --methods} with the embedded model. */
class MethodAnswersTest {
    private static final String PROMPT = "The pass key of the otter is 7 2 9 4 1 5 3 . "
            + "The amber falcon was behind the barge . ".repeat(40)
            + "Recall : The pass key of the otter is";

    private static final String METHODS =
            "full,random:8x,kivi:4bit,truncation:4x,streaming-paper:4x,snapkv:4x,window=16";

    /** One is a prompt cut, one a prefill of its own, and the list has a comma in an expression. */
    @Test
    void printsAnArrayOfWhatEachMethodPrintsAlone() {
        var array = json("--methods", METHODS);
        assertThat(array.isArray()).isTrue();
        var methods =
                List.of("full", "random:8x", "kivi:4bit", "truncation:4x", "streaming-paper:4x", "snapkv:4x,window=16");
        assertThat(array).hasSameSizeAs(methods);
        for (int i = 0; i < methods.size(); i++) {
            var alone = json("--method", methods.get(i));
            assertThat(untimed(array.get(i))).isEqualTo(untimed(alone));
        }
        assertThat(array.get(3).get("prompt_tokens").asInt())
                .isLessThan(array.get(0).get("prompt_tokens").asInt() / 2);
        // one prefill of the prompt serves all that read it in the same way
        assertThat(array.get(1).get("prefill_seconds"))
                .isEqualTo(array.get(0).get("prefill_seconds"))
                .isEqualTo(array.get(2).get("prefill_seconds"));
    }

    @Test
    void printsTheAnswersBelowEachOtherAndWhereTheyDiffer() {
        var run = Cli.good("generate", "--prompt", PROMPT, "-n", "8", "--methods", "full,kivi:4bit,random:8x,full");
        assertThat(run.out())
                .containsPattern("^full: prompt of [0-9]+ tokens, cache [0-9.]+ KB, uncompressed,"
                        + " [0-9.,]+ tokens/s\n7 2 9 4 1 5 3")
                .containsPattern(
                        "\n\nkivi:4bit: .*ratio [1-3]\\.[0-9]+, .* tokens/s; same answer as full\n7 2 9 4 1 5 3")
                .containsPattern("\n\nrandom:8x: .*; differs from full at word [1-8], '.+' instead of '[0-9]'\n");
        assertThat(run.out().split("full: ", -1)).hasSize(2); // doubles answer once
        assertThat(run.err()).contains("with the JIT's warm-up", "has no chat format");
    }

    /** A method that shortens the prompt is compared with the full one, in the line as in the JSON object. */
    @Test
    void aShortenedPromptIsComparedWithTheFullOne() {
        var list = "full,truncation:4x,truncation:1x";
        assertThat(Cli.good("generate", "--prompt", PROMPT, "-n", "2", "--methods", list)
                        .out())
                .containsPattern("\ntruncation:4x: .* cache [0-9.]+ KB, ratio [34]\\.[0-9]+")
                .containsPattern("\ntruncation:1x: .* cache [0-9.]+ KB, uncompressed");
        var array = json("--methods", list);
        assertThat(array.get(1).get("full_cache_bytes")).isEqualTo(array.get(0).get("full_cache_bytes"));
        assertThat(array.get(1).get("achieved_ratio").asDouble()).isBetween(3.0, 5.0);
    }

    @Test
    void saysOfEachMethodThatSavedLessThanItWasAskedFor() {
        var prompt = PROMPT.substring(0, 200);
        for (var form : new String[] {"--raw", "--json"}) {
            var run =
                    Cli.good("generate", "--prompt", prompt, "-n", "2", form, "--methods", "full,kivi:4bit,snapkv:8x");
            assertThat(run.err())
                    .contains(
                            "tokens is too short for kivi:4bit to compress anything",
                            "note: less compression than asked for, as prompts are short or extra data weighs:"
                                    + " snapkv:8x reached")
                    .doesNotContain("full");
        }
    }

    /** Prompts that are shortened in two ways are read one after the other. */
    @Test
    void showsHowFarEachPromptHasBeenRead() {
        var heard = new ArrayList<String>();
        var listener = new GenerationListener() {
            @Override
            public void prefilled(int tokens, int of) {
                heard.add(tokens + "/" + of);
            }
        };
        var methods = List.of(Methods.parse("full"), Methods.parse("truncation:4x"), Methods.parse("knorm:2x"));
        try (var model = LanguageModel.load(Goldens.tinyModel(), LoadOptions.withThreads(1))) {
            var answers = MethodAnswers.of(
                    model,
                    methods,
                    step -> new PromptOptions.Tokens(new int[step.isPresent() ? 8 : 32], step.isPresent() ? 24 : 0),
                    GenerationOptions.greedy(2),
                    listener);
            assertThat(answers.list()).extracting(MethodAnswer::method).isEqualTo(methods);
        }
        assertThat(heard).containsExactly("0/32", "32/32", "0/8", "8/8");
    }

    @Test
    void saysAtWhichWordAnAnswerLeavesTheFirst() {
        assertThat(MethodAnswers.difference("a b", "a b", "full")).isEqualTo("same answer as full");
        assertThat(MethodAnswers.difference("a  b\n", "a b", "full"))
                .isEqualTo("same words as full with other white space between them");
        assertThat(MethodAnswers.difference("a c", "a b", "full"))
                .isEqualTo("differs from full at word 2, 'c' instead of 'b'");
        assertThat(MethodAnswers.difference("a b c", "a b", "full"))
                .isEqualTo("differs from full at word 3, 'c' after its end");
        assertThat(MethodAnswers.difference("a", "a b", "full"))
                .isEqualTo("ends after word 1, where full goes on with 'b'");
        assertThat(MethodAnswers.difference("", "a b", "full")).isEqualTo("is empty, where full begins with 'a'");
    }

    @Test
    void aListAndASingleMethodExcludeEachOther() {
        Cli.run("generate", "--prompt", "x", "--method", "full", "--methods", "full,kivi:4bit")
                .isUserError("--method and --methods exclude each other", "'full'");
        Cli.run("generate", "--prompt", "x", "--methods", "full,kiwi:4bit").isUserError("kiwi", "did you mean 'kivi'?");
        Cli.run("generate", "--prompt-ids", "1,2", "--methods", "full,truncation:4x")
                .isUserError("'truncation:4x' shortens text");
        Cli.run("generate", "--prompt", "x", "--methods", "").isUserError("--methods names nothing");
    }

    private static JsonNode untimed(JsonNode answer) {
        var rest = (ObjectNode) answer.deepCopy();
        rest.remove(List.of("prefill_seconds", "compress_seconds", "decode_seconds"));
        return rest;
    }

    private static JsonNode json(String... arguments) {
        var line = new ArrayList<>(List.of("generate", "--prompt", PROMPT, "-n", "8", "--json"));
        line.addAll(List.of(arguments));
        return JsonMapper.shared()
                .readTree(Cli.good(line.toArray(String[]::new)).out());
    }
}
