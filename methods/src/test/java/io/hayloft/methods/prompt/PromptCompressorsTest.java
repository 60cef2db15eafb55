package io.hayloft.methods.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.engine.model.LoadOptions;
import io.hayloft.formats.memory.NativeMemory;
import io.hayloft.hub.ModelStore;
import io.hayloft.methods.Methods;
import io.hayloft.testing.Shared;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every prompt compressor promises, with the embedded model and, where there is one, a tiny classifier. */
class PromptCompressorsTest {
    private static final String TEXT = """
        The cache keeps keys and values for every token that the model has read so far.
        When the prompt grows longer, the cache grows with it; memory becomes the limit!

        "Is it faster?" she asked. Größe, été, 缓存的大小和速度。 Память и внимание 👩‍👩‍👧 71432.\
        """;

    private static LanguageModel model;
    private static PromptCompressors compressors;

    @BeforeAll
    static void load() {
        model = LanguageModel.load(ModelStore.open().resolve("hayloft-tiny").path(), LoadOptions.withThreads(2));
        compressors = new PromptCompressors(model);
    }

    @AfterAll
    static void close() {
        long before = NativeMemory.liveBytes();
        compressors.close();
        assertThat(NativeMemory.liveBytes()).isLessThanOrEqualTo(before);
        model.close();
    }

    static Stream<String> families() {
        return Stream.of("selective:%s", "llmlingua2:%s,model=");
    }

    @ParameterizedTest
    @MethodSource("families")
    void aRatioOfOneLeavesTheTextUntouched(String family) {
        for (var text : List.of(TEXT, "", " ", "\uD800\r\n  x\t", TEXT.repeat(3))) {
            assertThat(compress(family, "1x", text).text()).isEqualTo(text);
            assertThat(compress(family, "1m", text).text()).isEqualTo(text);
        }
    }

    @ParameterizedTest
    @MethodSource("families")
    void theRateIsMetInTokensOfTheModel(String family) {
        var text = repeated(40);
        int whole = count(text);
        for (double ratio : new double[] {1.5, 2, 4}) {
            var compressed = compress(family, ratio + "x", text);
            assertThat(compressed.originalTokens()).isEqualTo(whole);
            assertThat(compressed.tokens()).isEqualTo(count(compressed.text()));
            assertThat((double) compressed.tokens()).isBetween(0.9 * whole / ratio, whole / ratio);
        }
        assertThat(compress(family, "1500", text).tokens()).isBetween(1400, 1500);
    }

    @ParameterizedTest
    @MethodSource("families")
    void aHigherRatioNeverKeepsMore(String family) {
        int last = Integer.MAX_VALUE;
        for (var ratio : List.of("1x", "1.2x", "2x", "4x", "8x", "30x")) {
            int tokens = compress(family, ratio, TEXT).tokens();
            assertThat(tokens).isPositive().isLessThanOrEqualTo(last);
            last = tokens;
        }
    }

    @ParameterizedTest
    @MethodSource("families")
    void theSameTextGivesTheSameWhateverCameBefore(String family) {
        var first = compress(family, "3x", TEXT).text();
        compress(family, "2x", repeated(3));
        compress(family, "8x", TEXT);
        assertThat(compress(family, "3x", TEXT).text()).isEqualTo(first).isNotEqualTo(TEXT);
    }

    @ParameterizedTest
    @MethodSource("families")
    void spaceAtTheEndsStays(String family) {
        var compressed = compress(family, "2x", "\n\n " + TEXT + " \n\n").text();
        assertThat(compressed).startsWith("\n\n ").endsWith(" \n\n");
        assertThat(compressed.strip()).isEqualTo(compress(family, "2x", TEXT).text());
    }

    @ParameterizedTest
    @MethodSource("families")
    void smallAndOddTextsSurvive(String family) {
        for (var text :
                List.of("", "\n", "word", "a b", "。", "👩‍👩‍👧", "\uD800", "x".repeat(5000), ". ".repeat(700))) {
            var compressed = compress(family, "4x", text);
            assertThat(compressed.text().length()).isLessThanOrEqualTo(text.length());
            assertThat(compressed.text().isBlank()).as("'%s'", text).isEqualTo(text.isBlank());
        }
        assertThat(compress(family, "4x", "word").text()).isEqualTo("word");
    }

    @Test
    void selectiveKeepsWholeWordsInOrder() {
        var compressed = compress("selective:%s", "2x", TEXT);
        var kept = compressed.words().stream()
                .filter(CompressedPrompt.Word::kept)
                .map(CompressedPrompt.Word::text)
                .collect(Collectors.joining());
        assertThat(compressed.text().replaceAll("\\s", "")).isEqualTo(kept);
        assertThat(compressed.words().stream().map(CompressedPrompt.Word::text).collect(Collectors.joining()))
                .isEqualTo(TEXT.replaceAll("\\s", ""));
    }

    /** A number in a text that says the same again and again is what the model least expects. */
    @Test
    void selectiveKeepsWhatIsNew() {
        var text = "The grass is green. ".repeat(30) + "The pass key is 4817093. " + "The grass is green. ".repeat(30);
        assertThat(compress("selective:%s", "8x", text.strip()).text()).contains("4817093");
    }

    @Test
    void informationDoesNotDependOnTheThreads() {
        var ids = model.tokenizer().encode(TEXT, true, false);
        var two = new SelfInformation(model).ofTokens(ids);
        try (var other =
                LanguageModel.load(ModelStore.open().resolve("hayloft-tiny").path(), LoadOptions.withThreads(1))) {
            assertThat(new SelfInformation(other).ofTokens(ids)).containsExactly(two);
        }
        assertThat(two).hasSize(ids.length);
        assertThat(Arrays.stream(two).allMatch(value -> value >= 0 && Double.isFinite(value)))
                .isTrue();
    }

    @Test
    void missingWeightsAreToldInOneLine() {
        var empty = ModelStore.open().folder().resolve("nothing-here");
        assertThatThrownBy(() -> Llmlingua2Weights.find(null, null, empty))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("needs its classifier")
                .hasMessageContaining("HAYLOFT_LLMLINGUA2")
                .hasMessageContaining("no checksum")
                .message()
                .doesNotContain("\n");
        assertThatThrownBy(() -> Llmlingua2Weights.find(empty.toString(), null, empty))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("option model of llmlingua2");
        assertThatThrownBy(() -> Llmlingua2Weights.find(null, empty.toString(), empty))
                .isInstanceOf(UserError.class)
                .hasMessageStartingWith("HAYLOFT_LLMLINGUA2");
        assertThatThrownBy(() -> Llmlingua2Weights.find("\0", null, empty)).isInstanceOf(UserError.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 40})
    void theOfficialRateStaysNearTheRate(int repeats) {
        var compressed = compress("llmlingua2:%s,rate=gpt,model=", "2x", repeated(repeats));
        assertThat((double) compressed.tokens() / compressed.originalTokens()).isBetween(0.35, 0.6);
    }

    private static String repeated(int repeats) {
        return IntStream.range(0, repeats)
                .mapToObj(i -> TEXT.replace("71432", Integer.toString(i * 7919)))
                .collect(Collectors.joining("\n"));
    }

    private static int count(String text) {
        return model.tokenizer().encode(text, false, false).length;
    }

    private static CompressedPrompt compress(String family, String ratio, String text) {
        var folder = family.endsWith("model=") ? Shared.path("goldens/compression/llmlingua2") : "";
        var method = Methods.parse(family.formatted(ratio) + folder);
        return compressors.compress(method.prompt().orElseThrow(), text);
    }
}
