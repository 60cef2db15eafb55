package io.hayloft.tasks.needle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import io.hayloft.tasks.Sample;
import io.hayloft.tasks.SampleRequest;
import io.hayloft.tasks.StandInTokens;
import io.hayloft.tasks.Task;
import io.hayloft.tasks.registry.Tasks;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PassKeyTaskTest {
    private static final PassKeyTask TASK = (PassKeyTask) Tasks.named("passkey");

    @TempDir
    Path folder;

    private static SampleRequest request(int count, int limit) {
        return new SampleRequest(0, count, 42, null, limit, new StandInTokens(1));
    }

    /** The first keys that {@code random.choice} gave in CPython after {@code random.seed(42)}, and the last one. */
    @Test
    void keysOfThePaper() {
        var keys = TASK.keys(42);
        assertThat(keys)
                .hasSize(300)
                .startsWith("1043321", "8196001", "3389083")
                .endsWith("3584168");
        assertThat(TASK.withDigits(64).keys(42).getFirst()).hasSize(64).startsWith(keys.get(0) + keys.get(1));
    }

    @Test
    void theGridIsStratified() {
        var samples = TASK.open(request(0, 0));
        assertThat(samples.count()).isEqualTo(300);
        var cells = IntStream.range(0, 300)
                .mapToObj(i -> PassKeyTask.Cell.of(i, 10))
                .toList();
        assertThat(new HashSet<>(cells)).hasSize(300);
        assertThat(cells.stream().map(PassKeyTask.Cell::key)).doesNotHaveDuplicates();
        var first = IntStream.range(0, 10).mapToObj(samples::get).toList();
        assertThat(first).extracting(sample -> sample.facets().get("depth")).doesNotHaveDuplicates();
        assertThat(first)
                .extracting(sample -> sample.facets().get("length"))
                .containsExactly(512, 2730, 4949, 7168, 9386, 11605, 13824, 16042, 18261, 20480);
        assertThat(cells.subList(0, 100)).extracting(PassKeyTask.Cell::repeat).containsOnly(0);
    }

    @Test
    void lengthsThatDoNotFitAreLeftOut() {
        var samples = TASK.samples(request(0, 5200));
        assertThat(samples).hasSize(3 * 10 * 3);
        assertThat(samples).extracting(sample -> sample.facets().get("length")).containsOnly(512, 2730, 4949);
        assertThat(samples).extracting(Sample::id).doesNotHaveDuplicates();
        assertThatThrownBy(() -> TASK.open(request(0, 400)))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("above the limit of 400");
    }

    @Test
    void anOracleIsRightAndAnotherKeyWrong() {
        var samples = TASK.samples(request(20, 3000));
        for (int i = 0; i < samples.size(); i++) {
            var sample = samples.get(i);
            assertThat(sample.prompt().document()).contains(sample.references().getFirst());
            assertThat(TASK.score(sample, sample.references().getFirst() + ".")).isEqualTo(1);
            assertThat(TASK.score(sample, samples.get((i + 1) % 20).references().getFirst()))
                    .isZero();
        }
    }

    @Test
    void anyFolderOfTexts() throws IOException {
        Files.writeString(folder.resolve("b.md"), "three four ");
        Files.writeString(folder.resolve("a.txt"), "one two ");
        var sample = TASK.open(request(1, 0).withHaystack(folder)).get(0);
        assertThat(sample.prompt().document()).startsWith(" The pass key is ").contains(" one two three four one two ");
        var needle =
                Tasks.named("needle-3").samples(new SampleRequest(200, 1, 1, null, 0, new StandInTokens(1), folder));
        assertThat(needle.getFirst().prompt().document()).contains("three four");
        assertThat(new StandInTokens(1).count(needle.getFirst().prompt().text()))
                .isBetween(190, 200);

        Files.write(folder.resolve("c.bin"), "\u00ff\u00fe".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> TASK.open(request(1, 0).withHaystack(folder)))
                .isInstanceOf(UserError.class)
                .hasMessageContainingAll("c.bin", "UTF-8");
        assertThatThrownBy(() -> TASK.open(request(1, 0).withHaystack(folder.resolve("none"))))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("no folder");
    }

    @Test
    void keysOfOtherLengths() {
        assertThat(Tasks.named("passkey-64").name()).isEqualTo("passkey-64");
        assertThat(Tasks.named("passkey-128").description()).contains("128 digits");
        assertThat(Tasks.withDigits(Tasks.named("needle-paper"), 12).map(Task::name))
                .contains("needle-paper-12");
        assertThat(Tasks.withDigits(TASK, 7).map(Task::name)).contains("passkey");
        assertThat(Tasks.withDigits(Tasks.named("qasper"), 7)).isEmpty();
        for (int digits : List.of(0, 129)) {
            assertThatThrownBy(() -> TASK.withDigits(digits))
                    .isInstanceOf(UserError.class)
                    .hasMessageContaining("1 to 128");
        }
    }
}
