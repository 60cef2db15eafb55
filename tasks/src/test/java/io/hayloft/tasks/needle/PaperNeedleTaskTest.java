package io.hayloft.tasks.needle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import io.hayloft.tasks.GoldenLines;
import io.hayloft.tasks.SampleRequest;
import io.hayloft.tasks.StandInTokens;
import io.hayloft.tasks.Task;
import io.hayloft.tasks.registry.Tasks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PaperNeedleTaskTest {
    private static final Task TASK = Tasks.named("needle-paper");

    @TempDir
    Path folder;

    @Test
    void publishedPrompts() {
        var lines = GoldenLines.lines("prompts/passkey.jsonl");
        assertThat(lines).hasSize(112);
        for (var line : lines) {
            var prompt = PaperPrompt.of(
                    GoldenLines.texts(line.get("texts")),
                    line.get("background_words").intValue(),
                    line.get("depth").doubleValue(),
                    line.get("key").stringValue());
            assertThat(GoldenLines.sha256(prompt.text()))
                    .isEqualTo(line.get("sha256").stringValue());
        }
    }

    @Test
    void usesOurProseOrTheUsersTexts() throws IOException {
        assertThat(TASK.samples(request(100, 0, 0)).getFirst().prompt().context())
                .contains("The ferry left");
        Files.createDirectory(folder.resolve("passkey"));
        assertThatThrownBy(() -> TASK.samples(request(100, 1, 0)))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("holds no words");

        Files.writeString(folder.resolve("passkey/b.txt"), "three four ");
        Files.writeString(folder.resolve("passkey/a.txt"), "one two ");

        var samples = TASK.samples(request(6, 0, 0));
        assertThat(samples).hasSize(10);
        assertThat(samples.getLast().prompt().context()).contains("one two three four one two The pass key is ");
        assertThat(samples.getLast().facets()).containsEntry("depth", 1.0).containsEntry("length", 6);
        assertThat(TASK.score(
                        samples.getFirst(), samples.getFirst().references().getFirst() + "."))
                .isEqualTo(1);
    }

    @Test
    void refusesPromptsAboveTheLimit() {
        assertThatThrownBy(() -> TASK.samples(request(1000, 1, 900)))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("above the limit of 900");
    }

    private SampleRequest request(int words, int count, int limit) {
        return new SampleRequest(words, count, 3, folder, limit, new StandInTokens(1));
    }
}
