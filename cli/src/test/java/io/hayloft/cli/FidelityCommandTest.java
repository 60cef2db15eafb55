package io.hayloft.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import io.hayloft.formats.memory.NativeMemory;
import io.hayloft.kernels.PrefillBackend;
import io.hayloft.kernels.PrefillBackends;
import io.hayloft.kernels.WorkerPool;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** {@code hayloft fidelity}, and {@code --backend} of the other commands. */
class FidelityCommandTest {
    @TempDir
    Path folder;

    @Test
    void comparesTheBackendOnTheEmbeddedModel() {
        assume("onednn");
        var result = JsonMapper.shared()
                .readTree(Cli.good("fidelity", "--backend", "onednn", "--tokens", "300", "--json")
                        .out());
        assertThat(result.get("backend").asString()).isEqualTo("onednn");
        var fidelity = result.get("fidelity");
        assertThat(fidelity.get("positions").asInt()).isEqualTo(300);
        assertThat(fidelity.get("divergence").asDouble()).isBetween(1e-9, 0.01);
        assertThat(fidelity.get("same_top").asDouble()).isGreaterThan(0.95);
    }

    @Test
    void printsWhatItFound() {
        assume("onednn");
        assertThat(Cli.good("fidelity", "--backend", "onednn", "--tokens", "40").out())
                .contains("40 positions of hayloft-tiny, onednn against java", "KL divergence", "tokens/s");
    }

    @Test
    void comparesAndGeneratesWithBytes() {
        assume("onednn-int8");
        assertThat(Cli.good("fidelity", "--backend", "onednn-int8", "--tokens", "40")
                        .out())
                .contains("40 positions of hayloft-tiny, onednn-int8 against java");
        assertThat(generate("onednn-int8")).contains("\"backend\":\"onednn-int8\"");
    }

    @Test
    void generatesWithTheBackend() {
        assume("onednn");
        assertThat(generate("onednn")).contains("\"backend\":\"onednn\"");
        assertThat(generate("java")).contains("\"backend\":\"java\"");
    }

    private static String generate(String backend) {
        return Cli.good("generate", "--prompt-ids", "1,5,9,12", "--max-new-tokens", "3", "--json", "--backend", backend)
                .out();
    }

    @Test
    void comparesMethodsAsAnArrayOfObjects() {
        var array = JsonMapper.shared()
                .readTree(Cli.good("fidelity", "--methods", "kivi:4bit,kivi:2bit", "--tokens", "240", "--json")
                        .out());
        assertThat(array.isArray()).isTrue();
        assertThat(array.valueStream().map(one -> one.get("method").asString()))
                .containsExactly("full", "kivi:4bit", "kivi:2bit");
        for (var one : array) {
            assertThat(one.propertyNames())
                    .containsExactly(
                            "method",
                            "positions",
                            "perplexity",
                            "perplexity_error",
                            "kl_mean",
                            "kl_median",
                            "kl_99",
                            "kl_999",
                            "same_top",
                            "stored_bytes",
                            "achieved_ratio");
            assertThat(one.get("positions").asInt()).isEqualTo(240 - 180 - 1);
        }
        assertThat(array.get(0).get("kl_mean").asDouble()).isZero();
        assertThat(array.get(0).get("same_top").asDouble()).isEqualTo(1);
        assertThat(array.get(2).get("kl_mean").asDouble())
                .isGreaterThan(array.get(1).get("kl_mean").asDouble());
    }

    @Test
    void readsATextAndAddsToTheReportOfARun() throws IOException {
        var run = folder.resolve("run").toString();
        Cli.good(
                "bench",
                "--methods",
                "full",
                "--tasks",
                "mini-needle",
                "--samples",
                "1",
                "--lengths",
                "256",
                "--out",
                run);
        var text = folder.resolve("text.txt");
        Files.writeString(text, "the cat sat on the mat and ".repeat(40));
        var shown = Cli.good(
                "fidelity",
                "--methods",
                "snapkv:2x",
                "--text",
                text.toString(),
                "--tokens",
                "80",
                "--context",
                "60",
                "--run",
                run);
        assertThat(shown.out())
                .contains("80 tokens of the text " + text + ", compressed after 60")
                .contains("snapkv:2x", "KL by position", "report.html");
        assertThat(Files.readString(folder.resolve("run/report.html"))).contains("compressed after 60");
    }

    @Test
    void comparesOnTheAnswersOfTheFullCache() {
        var shown = Cli.good(
                "fidelity",
                "--methods",
                "kivi:2bit",
                "--answers",
                "--tasks",
                "mini-needle",
                "--samples",
                "2",
                "--lengths",
                "256");
        assertThat(shown.out()).contains("the full cache's answers to 2 prompts", "kivi:2bit");
    }

    @Test
    void comparesOnTheShortestText() {
        var shown = Cli.good("fidelity", "--methods", "kivi:2bit", "--prompt-ids", "1,2,3");
        assertThat(shown.out()).contains("3 tokens of", "compressed after 1");
    }

    @Test
    void saysWhatCannotBeCompared() {
        Cli.run("fidelity", "--context", "20").isUserError("name some with --methods");
        Cli.run("fidelity", "--methods", "selective:2x").isUserError("shortens the text of a prompt");
        Cli.run("fidelity", "--methods", "kivi:2bit", "--tokens", "20", "--context", "19")
                .isUserError("--context 19 does not fit a text of 20 tokens: choose from 1 to 18");
        Cli.run("fidelity", "--methods", "kivi:2bit", "--prompt-ids", "1,2")
                .isUserError("a text of 2 tokens is too short");
        Cli.run(
                        "fidelity",
                        "--methods",
                        "kivi:2bit",
                        "--run",
                        folder.resolve("none").toString())
                .isUserError("holds no run");
        Cli.run("fidelity", "--methods", "kivi:2bit", "--text", "a", "--prompt", "b")
                .isUserError("give one of them");
    }

    @Test
    void needsAnotherBackend() {
        Cli.run("fidelity").isUserError("name another with --backend");
        Cli.run("fidelity", "--backend", "onednm").isUserError("did you mean 'onednn'?");
    }

    @Test
    void showsThatABackendIsLookedForButNotThatOfJava() {
        var shown = new StringWriter();
        var status = new StatusLine(new PrintWriter(shown), true);
        assertThat(ModelOptions.choose("java", status)).isNull();
        assertThat(shown.toString()).isEmpty();
        assertThatThrownBy(() -> ModelOptions.choose("none", status)).isInstanceOf(UserError.class);
        assertThat(shown.toString()).contains("looking for backend none");
    }

    @Test
    void theDoctorTellsWhyABackendCannotBeUsed() {
        var finding = Doctor.backends(List.of(new Unusable())).getFirst();
        assertThat(finding.value()).isEqualTo("cannot be used: the processor is too old");
        assertThat(finding.advice()).isEmpty();
    }

    @Test
    void theDoctorTellsOfEveryBackend() {
        var findings = Doctor.backends(PrefillBackends.installed());
        assertThat(findings).extracting(Doctor.Finding::name).containsExactly("onednn", "onednn-int8");
        for (var finding : findings) {
            assertThat(finding.value())
                    .matches("cannot be used: .*|oneDNN .* for (2\\.00|1\\.06) GB of memory a billion weights.*");
        }
        assume("onednn-int8");
        assertThat(findings.getLast().value()).contains("auto never chooses it, because results differ more");
    }

    private static void assume(String name) {
        var obstacle = PrefillBackends.installed().stream()
                .filter(backend -> backend.name().equals(name))
                .findFirst()
                .map(PrefillBackend::obstacle)
                .orElse(Optional.of("it is not installed"));
        Assumptions.assumeTrue(obstacle.isEmpty(), () -> "skipped: no " + name + " here: " + obstacle.orElseThrow());
    }

    private static final class Unusable implements PrefillBackend {
        @Override
        public String name() {
            return "unusable";
        }

        @Override
        public Optional<String> obstacle() {
            return Optional.of("the processor is too old");
        }

        @Override
        public String describe() {
            throw new IllegalStateException("asked only where it works");
        }

        @Override
        public long bytesFor(long weights) {
            return 2 * weights;
        }

        @Override
        public Session open(NativeMemory memory, WorkerPool pool) {
            throw new IllegalStateException("it cannot work");
        }
    }
}
