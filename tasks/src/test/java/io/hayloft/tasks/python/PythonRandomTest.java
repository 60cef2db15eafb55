package io.hayloft.tasks.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Against values that CPython 3.11 and numpy 2.4 gave. */
class PythonRandomTest {
    private static final JsonMapper JSON = JsonMapper.shared();

    private static JsonNode own() throws IOException {
        try (var stream = PythonRandomTest.class.getResourceAsStream("random.json")) {
            return JSON.readTree(Objects.requireNonNull(stream).readAllBytes());
        }
    }

    private static void assertAll(JsonNode expected, Supplier<Object> drawn) {
        assertThat(expected.isEmpty()).isFalse();
        expected.forEach(value -> assertThat(drawn.get().toString()).isEqualTo(value.asString()));
    }

    private static List<Integer> numbers(int[] values) {
        return IntStream.of(values).boxed().toList();
    }

    private static List<Integer> numbers(JsonNode list) {
        return list.valueStream().map(JsonNode::intValue).toList();
    }

    private static List<Integer> shuffled(PythonRandom random, int size) {
        var items = new ArrayList<>(IntStream.range(0, size).boxed().toList());
        random.shuffle(items);
        return items;
    }

    @Test
    void drawsAsPython() throws IOException {
        for (var one : own()) {
            long seed = one.get("seed").longValue();
            var doubles = new PythonRandom(seed);
            one.get("random").forEach(value -> assertThat(doubles.nextDouble()).isEqualTo(value.doubleValue()));
            var uniform = new PythonRandom(seed);
            one.get("uniform")
                    .forEach(value -> assertThat(uniform.uniform(-2.5, 7.25)).isEqualTo(value.doubleValue()));
            var bits = new PythonRandom(seed);
            one.get("bits")
                    .forEach(pair -> assertThat(
                                    Long.toUnsignedString(bits.bits(pair.get(0).intValue())))
                            .isEqualTo(pair.get(1).stringValue()));
            var below = new PythonRandom(seed);
            one.get("randrange")
                    .forEach(pair -> assertThat(below.below(pair.get(0).longValue()))
                            .isEqualTo(pair.get(1).longValue()));
            var between = new PythonRandom(seed);
            assertAll(one.get("randint"), () -> between.between(-5, 5));
            var digits = new PythonRandom(seed);
            var tens = "0123456789".chars().mapToObj(Character::toString).toList();
            assertThat(String.join(
                            "",
                            IntStream.range(0, 30)
                                    .mapToObj(_ -> digits.choice(tens))
                                    .toList()))
                    .isEqualTo(one.get("choice").stringValue());
            assertThat(shuffled(new PythonRandom(seed), 30)).isEqualTo(numbers(one.get("shuffle")));
        }
    }

    @Test
    void drawsWordsAndSamplesAsPython() throws IOException {
        var letters = "abcdefghijklmnopqrstuvwxyz";
        for (var one : own()) {
            long seed = one.get("seed").longValue();
            var words = new PythonRandom(seed);
            assertAll(one.get("choices"), () -> words.word(letters, 6));
            var choices = new PythonRandom(seed);
            var list = letters.chars().mapToObj(Character::toString).toList();
            assertAll(one.get("choices"), () -> String.join("", choices.choices(list, 6)));
            var samples = new PythonRandom(seed);
            one.get("sample")
                    .forEach(sample -> assertThat(numbers(samples.sample(
                                    sample.get(0).intValue(), sample.get(1).intValue())))
                            .isEqualTo(numbers(sample.get(2))));
        }
    }

    @Test
    void drawsAsNumpy() throws IOException {
        int compared = 0;
        for (var one : own()) {
            if (one.has("numpy_randint")) {
                var random = new NumpyRandom(one.get("seed").longValue());
                var drawn = new ArrayList<Integer>();
                IntStream.range(0, 8).forEach(_ -> drawn.add(random.between(10_000, 99_999)));
                IntStream.range(0, 8).forEach(_ -> drawn.add(random.between(0, 7)));
                drawn.add(random.between(3, 4));
                IntStream.range(0, 4).forEach(_ -> drawn.add(random.between(0, 1024)));
                assertThat(drawn).isEqualTo(numbers(one.get("numpy_randint")));
                compared++;
            }
        }
        assertThat(compared).isEqualTo(3);
    }

    /** 2000 doubles are 4000 numbers: several refills of the state. */
    @Test
    void skipsAsIfDrawn() throws IOException {
        for (var one : own()) {
            var random = new PythonRandom(one.get("seed").longValue());
            random.nextDouble();
            random.skip(3998);
            assertThat(random.drawn()).isEqualTo(4000);
            assertThat(random.bits(32)).isEqualTo(one.get("after_2000").longValue());
        }
        var drawn = new NumpyRandom(5);
        IntStream.range(0, 700).forEach(_ -> drawn.next32());
        var skipped = new NumpyRandom(5);
        skipped.skip(700);
        assertThat(skipped.next32()).isEqualTo(drawn.next32());
    }

    @Test
    void referenceVectors() throws IOException {
        var file = JSON.readTree(Files.readString(Shared.path("evaluation/ruler/python_random.json")));
        assertThat(file.get("vectors").size()).isEqualTo(4);
        for (var vector : file.get("vectors")) {
            long seed = vector.get("seed").longValue();
            var words = new PythonRandom(seed);
            vector.get("getrandbits_32")
                    .forEach(value -> assertThat(words.bits(32)).isEqualTo(value.longValue()));
            var doubles = new PythonRandom(seed);
            vector.get("random")
                    .forEach(value -> assertThat(doubles.nextDouble()).isEqualTo(value.doubleValue()));
            var numbers = new PythonRandom(seed);
            assertAll(vector.get("randint_1000000_9999999"), () -> numbers.between(1_000_000, 9_999_999));
            var places = new PythonRandom(seed);
            vector.get("choice_index")
                    .forEach(pair -> assertThat(places.below(pair.get(0).intValue()))
                            .isEqualTo(pair.get(1).intValue()));
            var names = new PythonRandom(seed);
            assertAll(vector.get("choices_A_Z_5"), () -> names.word("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 5));
            var shuffles = new PythonRandom(seed);
            vector.get("shuffle")
                    .forEach(list -> assertThat(shuffled(shuffles, list.size())).isEqualTo(numbers(list)));
            var samples = new PythonRandom(seed);
            vector.get("sample")
                    .forEach(sample -> assertThat(numbers(samples.sample(
                                    sample.get(0).intValue(), sample.get(1).intValue())))
                            .isEqualTo(numbers(sample.get(2))));
            var numpy = new NumpyRandom(seed);
            assertAll(vector.get("numpy_randint_10000_99999"), () -> numpy.between(10_000, 99_999));
            var raw = new NumpyRandom(seed);
            assertAll(vector.get("numpy_uint32"), raw::next32);
        }
    }

    @Test
    void refusesWhatPythonRefuses() {
        var random = new PythonRandom(1);
        assertThatThrownBy(() -> random.sample(3, 4)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> random.sample(3, -1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> random.below(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new NumpyRandom(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new NumpyRandom(1L << 32)).isInstanceOf(IllegalArgumentException.class);
    }
}
