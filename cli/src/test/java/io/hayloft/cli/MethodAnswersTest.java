package io.hayloft.cli;

import static org.assertj.core.api.Assertions.assertThat;

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
        // one reading of the prompt serves all that read it in the same way
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

    @Test
    void saysAtWhichWordAnAnswerLeavesTheFirst() {
        assertThat(MethodAnswers.difference("a b", "a b", "full")).isEqualTo("same answer as full");
        assertThat(MethodAnswers.difference("a  b\n", "a b", "full"))
                .isEqualTo("same words as full with other blanks between them");
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
