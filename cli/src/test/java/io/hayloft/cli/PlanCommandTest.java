package io.hayloft.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.hayloft.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code hayloft plan}. */
class PlanCommandTest {
    @TempDir
    private Path folder;

    private static JsonNode json(String... arguments) {
        return JsonMapper.shared().readTree(Cli.good(arguments).out());
    }

    /** What was predicted of a prompt is what {@code generate} says of it. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "full",
                "random:4x",
                "kivi:2bit",
                "flexgen:4bit",
                "streaming:4x",
                "infllm:4x",
                "h2o:4x",
                "knorm:4x"
            })
    void predictsTheBytesThatGenerateStores(String method) {
        var ids = IntStream.range(0, 700)
                .mapToObj(i -> String.valueOf(5 + i * 7 % 900))
                .collect(Collectors.joining(","));
        var done = json("generate", "--prompt-ids", ids, "--method", method, "-n", "2", "--json");

        var planned = json("plan", "--context", "700", "--methods", method, "--no-time", "--json")
                .get(0);

        assertThat(planned.get("stored_exact").asBoolean()).isTrue();
        assertThat(planned.get("stored_bytes").asLong())
                .isEqualTo(done.get("stored_bytes").asLong());
        assertThat(planned.get("read_bytes").asLong())
                .isEqualTo(done.get("read_bytes").asLong());
    }

    @Test
    void jsonIsAnArrayOfMethodsAndContexts() {
        var rows = json("plan", "--context", "64,128", "--methods", "full,kivi:4bit", "--no-time", "--json");

        assertThat(rows).hasSize(4);
        assertThat(rows.get(0).propertyNames())
                .startsWith(
                        "method",
                        "context",
                        "stored_bytes",
                        "read_bytes",
                        "peak_memory_bytes",
                        "prefill_seconds",
                        "decode_ms_per_token");
        assertThat(rows.get(3).get("method").asString()).isEqualTo("kivi:4bit");
        assertThat(rows.get(3).get("context").asInt()).isEqualTo(128);
        assertThat(rows.get(3).get("prefill_seconds").isNull()).isTrue();
    }

    @Test
    void worksForModelsThatAreNotHere() {
        assertThat(Cli.good("plan", "--model", "Llama-3-8B", "--context", "1k", "--methods", "full", "--no-time")
                        .out())
                .contains("stored", "134 MB"); // 131072 bytes a token
    }

    @Test
    void saysWhatDependsOnThePrompt() {
        assertThat(Cli.good("plan", "--context", "1k", "--methods", "snapkv:4x,allocator=ada", "--no-time")
                        .out())
                .contains("~", "depends on what the prompt says");
    }

    /** What was predicted of a hybrid is what {@code generate} says of it, its recurrent states counted in. */
    @ParameterizedTest
    @ValueSource(strings = {"jamba", "falcon_h1", "recurrent_gemma"})
    void predictsTheBytesOfHybrids(String name) {
        var model = Shared.golden("architectures/" + name).toString();
        var ids = IntStream.range(0, 200)
                .mapToObj(i -> String.valueOf(5 + i * 7 % 200))
                .collect(Collectors.joining(","));
        for (var method : List.of("full", "kivi:4bit", "snapkv:4x")) {
            var done = json("generate", "--model", model, "--prompt-ids", ids, "--method", method, "-n", "2", "--json");

            var planned = json("plan", "--model", model, "--context", "200", "--methods", method, "--no-time", "--json")
                    .get(0);

            assertThat(planned.get("stored_exact").asBoolean()).isTrue();
            assertThat(planned.get("stored_bytes").asLong())
                    .isEqualTo(done.get("stored_bytes").asLong());
        }
    }

    @Test
    void modelsWithoutACacheLeaveOutMethodsForOne() {
        var mamba = Shared.golden("architectures/mamba").toString();
        var planned = Cli.good(
                "plan",
                "--model",
                mamba,
                "--context",
                "100",
                "--methods",
                "full,kivi:2bit,snapkv:4x",
                "--price",
                "1/h");

        assertThat(planned.out()).contains("full").doesNotContain(" - ", "kivi", "snapkv");
        assertThat(planned.err())
                .contains("left out kivi:2bit, snapkv:4x: the model has no KV cache to compress")
                .doesNotContain("not predicted");
        Cli.run("plan", "--model", mamba, "--context", "100", "--methods", "kivi:2bit")
                .isUserError("none of the methods makes sense for mamba");
    }

    @Test
    void measuresAndWritesTheMachineAndThePriceFollows() {
        var file = folder.resolve("machine.json");
        var row = json(
                        "plan",
                        "--context",
                        "200",
                        "--methods",
                        "full",
                        "--threads",
                        "1",
                        "--machine",
                        file.toString(),
                        "--price",
                        "3.6/h",
                        "--answer",
                        "100",
                        "--json")
                .get(0);

        assertThat(file).exists();
        double seconds = row.get("prefill_seconds").asDouble()
                + 0.1 * row.get("decode_ms_per_token").asDouble();
        assertThat(seconds).isPositive();
        assertThat(row.get("cost_per_1000_requests").asDouble()).isCloseTo(seconds, withinPercentage(1e-6));
    }

    /** Ten samples for each of two machines; two methods read once and decode together. Nothing is measured. */
    @Test
    void timeAndMoneyOfARun() throws IOException {
        var file = Files.writeString(folder.resolve("machine.json"), """
            {"cpu": "made up", "threads": 1, "vectorBits": 256, "gflops": 10, "gigabytesPerSecond": 10,
             "costs": {"compress, one token in one layer: x": 1e-7, "step, upkeep of one layer: x": 1e-6}}
            """).toString();
        var common = List.of(
                "plan",
                "--threads",
                "1",
                "--machine",
                file,
                "--context",
                "200",
                "--answer",
                "50",
                "--json",
                "--methods",
                "full,knorm:4x");
        var alone = json(with(common));
        var both = json(with(common, "--samples", "20", "--workers", "1,2", "--price", "2"));

        var one = both.get(0);
        double seconds = one.get("sample_seconds").asDouble();
        double full = alone.get(0).get("prefill_seconds").asDouble() + decode(alone.get(0), 50);
        double knorm = alone.get(1).get("compress_seconds").asDouble() + decode(alone.get(1), 50);
        assertThat(seconds).isBetween(full, full + knorm);
        assertThat(one.get("hours").asDouble()).isCloseTo(20 * seconds / 3600, withinPercentage(1e-6));
        assertThat(one.get("price").asDouble()).isCloseTo(40 * seconds / 3600, withinPercentage(1e-6));
        assertThat(one.get("tokens").asLong()).isEqualTo(20 * 2 * 250);
        assertThat(both.get(1).get("workers").asInt()).isEqualTo(2);
        assertThat(both.get(1).get("hours").asDouble()).isCloseTo(10 * seconds / 3600, withinPercentage(1e-6));
    }

    /** Seconds of an answer alone. */
    private static double decode(JsonNode row, int tokens) {
        return 1e-3 * tokens * row.get("decode_ms_per_token").asDouble();
    }

    private static String[] with(List<String> common, String... more) {
        return Stream.concat(common.stream(), Stream.of(more)).toArray(String[]::new);
    }

    @Test
    void methodsOfAGrid() {
        var rows = json(
                "plan",
                "--no-time",
                "--json",
                "--context",
                "512",
                "--grid",
                "paper",
                "--grid-model",
                "llama3-8b-instruct");

        assertThat(rows.get(1).get("method").asString()).isEqualTo("kivi-paper:2bit");
        Cli.run("plan", "--no-time", "--grid", "paper").isUserError("--grid-model");
    }

    /** Options beside a grid win; its notes are about its methods. */
    @Test
    void lengthsCacheTypeAndNotesOfAGrid() throws IOException {
        var grid = Files.writeString(folder.resolve("mine.yaml"), """
            lengths: [256, 32k]
            cache-type: f32
            settings: [full, {label: Mamba, left-out: no Mamba layers}]
            """).toString();
        var planned = Cli.good("plan", "--no-time", "--json", "--grid", grid);
        var row = JsonMapper.shared().readTree(planned.out());

        assertThat(row).hasSize(1);
        assertThat(row.get(0).get("context").asInt()).isEqualTo(256);
        assertThat(planned.err())
                .contains(
                        "note: left out Mamba: no Mamba layers",
                        "note: skipped length 32768: hayloft-tiny sees 16384 tokens");
        var beside = Cli.good(
                "plan",
                "--no-time",
                "--json",
                "--grid",
                grid,
                "--methods",
                "full",
                "--context",
                "256",
                "--cache-type",
                "f16");
        assertThat(beside.err()).isEmpty();
        var f16 = JsonMapper.shared().readTree(beside.out()).get(0).get("stored_bytes");
        assertThat(row.get(0).get("stored_bytes").asDouble() / f16.asDouble()).isBetween(1.95, 2.0);
    }

    @Test
    void aGridOfWhichNothingCanRunIsTheErrorOfBench() throws IOException {
        var grid = Files.writeString(
                        folder.resolve("mine.yaml"), "settings: [{label: Mamba, left-out: no Mamba layers}]")
                .toString();
        for (var command : List.of("plan", "bench")) {
            Cli.run(command, "--grid", grid)
                    .isUserError("has nothing here that can run: left out Mamba: no Mamba layers");
        }
    }

    @Test
    void turnsTheQuestionRound() {
        var rows = json("plan", "--max-memory", "1GB", "--context", "1k", "--methods", "full,kivi:2bit", "--json");

        assertThat(rows.get(0).get("max_context").asInt()).isEqualTo(16384);
        var batches = new ArrayList<Integer>();
        rows.forEach(row -> batches.add(row.get("max_batch").asInt()));
        assertThat(batches.get(1)).isGreaterThan(2 * batches.get(0));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "--model Llama-4-8B                         | no shape of a model 'Llama-4-8B'",
                "--context 17k                              | a context of 17408 tokens is beyond the 16384",
                "--model Llama-3-8B --max-memory 8GB        | too little for Llama-3-8B",
                "--max-memory much                          | 'much' is not a number of bytes",
                "--price cheap                              | 'cheap' is not a price",
                "--price 1/h --no-time                      | leave out --no-time",
                "--weights q9                               | 'q9' is not a type of weights",
                "--methods nothing                          | unknown method 'nothing'",
                "--samples 0                                | --samples must be 1 or more",
                "--samples 5 --no-time                      | leave out --no-time",
                "--samples 5 --max-memory 8GB               | leave out --max-memory",
                "--samples 5 --workers 0 --model Llama-4-8B | --workers must be whole numbers from 1 on, not '0'",
                "--workers 2                                | say how many with --samples",
                "--threads 0                                | --threads must be between 1 and 1024",
            })
    void mistakesAreOneLine(String arguments, String words) {
        var all = new ArrayList<String>();
        all.add("plan");
        all.addAll(List.of(arguments.strip().split(" +")));

        Cli.run(all.toArray(String[]::new)).isUserError(words);
    }

    @Test
    void refusesAFileThatIsNoMachine() throws IOException {
        var file = Files.writeString(folder.resolve("machine.json"), "{}");

        Cli.run("plan", "--machine", file.toString()).isUserError("describes no machine");
    }
}
