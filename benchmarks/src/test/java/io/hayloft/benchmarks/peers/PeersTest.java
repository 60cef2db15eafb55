package io.hayloft.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.hayloft.base.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Turns, ratios, commands, and what the user is told when something is missing. */
class PeersTest {
    private static final Path MODEL = Path.of("models", "some.gguf");

    @TempDir
    private Path folder;

    /** An engine that is twice as fast in every next round. */
    private record Growing(String name, boolean ours, double first, List<String> order) implements Engine {
        @Override
        public double measure(PeerCase what, Path model) {
            long before = order.stream().filter(name::equals).count();
            order.add(name);
            return first * (1 << before);
        }
    }

    @Test
    void enginesTakeTurns() {
        var order = new ArrayList<String>();
        var told = new ArrayList<String>();
        var comparison = new Comparison(
                List.of(new Growing("a", true, 10, order), new Growing("b", false, 5, order)), 3, told::add);
        var result = comparison.run(PeerCase.named("tg"), MODEL);
        assertThat(order).containsExactly("a", "b", "a", "b", "a", "b");
        assertThat(result.ours()).isEqualTo(Map.of("a", List.of(10.0, 20.0, 40.0)));
        assertThat(result.theirs()).isEqualTo(Map.of("b", List.of(5.0, 10.0, 20.0)));
        assertThat(told).hasSize(6).first().isEqualTo("some.gguf, tg, round 1: a");
    }

    @Test
    void ratiosAreThoseOfTheSameRound() {
        var what = PeerCase.named("tg-8k-4bit");
        var ours = new LinkedHashMap<String, List<Double>>();
        ours.put("hayloft", List.of(10.0, 30.0, 20.0));
        ours.put("hayloft --backend onednn", List.of(50.0, 60.0, 40.0));
        var result = new Comparison.Result("some.gguf", what, ours, Map.of("llama-bench", List.of(10.0, 10.0, 10.0)));
        var rows = ComparisonReport.rows(result);
        assertThat(rows).extracting(ComparisonReport.Row::variant).containsExactlyElementsOf(ours.keySet());
        assertThat(rows.getLast().ratio()).isCloseTo(5, within(1e-9));
        var row = rows.getFirst();
        assertThat(row.ratio()).isCloseTo(2, within(1e-9));
        assertThat(row.lowest()).isCloseTo(1, within(1e-9));
        assertThat(row.highest()).isCloseTo(3, within(1e-9));
        assertThat(ComparisonReport.table(List.of(row))).contains("kivi:4bit", "q4_0", "  2.00  1.00..3.00");
        assertThat(ComparisonReport.json(result))
                .contains(
                        "\"case\":\"tg-8k-4bit\"",
                        "[10.0,30.0,20.0]",
                        "\"median_ratios\":{\"hayloft\":{\"llama-bench\":2.0}");
    }

    @Test
    void theBestSettingOfAProgramCounts() {
        var json = "[{\"samples_ts\": [3, 1, 2]}, {\"samples_ts\": [5, 4]}, {\"other\": 1}]";
        assertThat(Samples.best(json, "samples_ts")).isEqualTo(4.5);
        assertThatThrownBy(() -> Samples.best(json, "samples"))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("'samples'");
        assertThatThrownBy(() -> Samples.best("error: no such model", "samples"))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("JSON");
    }

    @Test
    void bothSidesAreAskedForTheSame() {
        var what = PeerCase.named("tg-8k-4bit");
        var ours = String.join(" ", new HayloftSpeed(Path.of("hayloft"), 2, 3, List.of()).command(what, MODEL));
        var theirs = String.join(" ", new LlamaBench(Path.of("llama-bench"), 2, 3).command(what, "q4_0", MODEL));
        assertThat(ours).contains("--generate 64 --depth 8192 --methods kivi:4bit", "--threads 2 --repetitions 3");
        assertThat(theirs).contains("-n 64 -d 8192 -ctk q4_0 -ctv q4_0 -fa 1 -t 2 -r 3");
        assertThat(new LlamaBench(Path.of("llama-bench"), 2, 3).command(PeerCase.named("pp512"), "f16", MODEL))
                .containsSubsequence("-p", "512", "-n", "0", "-fa", "0,1");
    }

    @Test
    void whatIsMissingIsNamed() throws IOException {
        var launcher = Files.createFile(folder.resolve("hayloft"));
        var command = new Peers();
        new CommandLine(command).parseArgs("--hayloft", launcher.toString(), "model.gguf");
        assertThat(command.engines("")).extracting(Engine::name).containsExactly("hayloft", "llama.cpp in Java");

        var more = new Peers();
        new CommandLine(more)
                .parseArgs("--hayloft", launcher.toString(), "--variant", "--backend onednn", "model.gguf");
        assertThat(more.engines(""))
                .extracting(Engine::name)
                .containsExactly("hayloft", "hayloft --backend onednn", "llama.cpp in Java");
        for (var bad : List.of("", "--methods=full", "--backend onednn -p 4")) {
            assertThatThrownBy(() -> HayloftSpeed.variant(launcher, 2, 3, bad))
                    .isInstanceOf(UserError.class)
                    .hasMessageContaining("--variant");
        }
        var twice = new Peers();
        new CommandLine(twice)
                .parseArgs(
                        "--hayloft", launcher.toString(), "--variant=--warm-up 1", "--variant=--warm-up 1", "m.gguf");
        assertThatThrownBy(() -> twice.engines("")).hasMessageContaining("twice");
        assertThatThrownBy(() -> command.engines("/none/llama-bench")).hasMessageContaining("LLAMA_BENCH: no file");
        assertThatThrownBy(command::call).isInstanceOf(UserError.class).hasMessage("model: no file model.gguf");
        assertThatThrownBy(() -> PeerCase.named("tg-9k")).isInstanceOf(UserError.class);

        var explicit = new Peers();
        new CommandLine(explicit).parseArgs("--hayloft", launcher.toString(), "--peers", "llama-bench", "model.gguf");
        assertThatThrownBy(() -> explicit.engines("")).hasMessageContaining("environment variable LLAMA_BENCH");

        var mistyped = new Peers();
        new CommandLine(mistyped).parseArgs("--hayloft", launcher.toString(), "--peers", "libary", "model.gguf");
        assertThatThrownBy(() -> mistyped.engines("")).hasMessageContaining("did you mean 'library'?");
    }

    @Test
    void aProgramThatFailsIsToldWithItsLastLine() {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        assertThatThrownBy(() -> Processes.output(List.of(java, "--no-such-option")))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("ended with code 1")
                .hasMessageContaining("fatal exception");
        assertThatThrownBy(() -> Processes.output(List.of("/none/program")))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("cannot run /none/program");
    }

    /** A program that prints its result and does not end, as llama.cpp in Java does. */
    @Test
    void aProgramThatHasAnsweredIsGoneAfterwards() throws IOException {
        var source = Files.writeString(folder.resolve("Hanging.java"), """
            void main() throws Exception {
                IO.println("[{\\"pid\\":" + ProcessHandle.current().pid() + "}]");
                Thread.sleep(600_000);
            }
            """);
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var line = Processes.firstArray(List.of(java, source.toString()));
        long pid = Long.parseLong(line.replaceAll("\\D", ""));
        assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
    }
}
