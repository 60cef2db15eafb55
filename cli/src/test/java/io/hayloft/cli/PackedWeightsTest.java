package io.hayloft.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.engine.model.LoadOptions;
import io.hayloft.kernels.packed.PackedFolder;
import io.hayloft.testing.Goldens;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What users see of packed weights, and how they remove them. */
class PackedWeightsTest {
    @TempDir
    Path folder;

    private final StringWriter text = new StringWriter();
    private final PrintWriter out = new PrintWriter(text);

    private static void load(PackedFolder packed) {
        LanguageModel.load(
                        Goldens.tinyModel(),
                        LoadOptions.withThreads(1).withoutTokenizer().withPacked(packed))
                .close();
    }

    @Test
    void areListedAndRemovedWithTheirModel() throws IOException {
        var on = Objects.requireNonNull(PackedWeights.folder("on", folder, out));
        load(on);
        assertThat(text.toString()).as("the model is small").isEmpty();
        load(new PackedFolder(folder, 0, PackedFolder.Writing.BESIDE, on.listener()));
        assertThat(text.toString())
                .contains("packed weights are kept in " + folder)
                .hasLineCount(1);

        text.getBuffer().setLength(0);
        PackedWeights.list(folder, out);
        var model = Goldens.tinyModel().toAbsolutePath().normalize();
        assertThat(text.toString())
                .startsWith("packed weights: " + model + ", ")
                .hasLineCount(1);

        assertThat(PackedWeights.remove(folder, folder.resolve("another"))).isZero();
        assertThat(PackedWeights.remove(folder, Goldens.tinyModel())).isPositive();
        assertThat(folder).isEmptyDirectory();

        var damaged = Files.writeString(folder.resolve("x.packed"), "no weights");
        PackedWeights.list(folder, out);
        assertThat(text.toString()).contains(damaged + " (damaged), 10 B");
        assertThat(PackedWeights.remove(folder, damaged)).isEqualTo(10);
    }

    @Test
    void aTerminalShowsHowMuchOfAFileIsWritten() {
        var terminal = new PackedWeights.Lines(out, new StatusLine(out, true));
        terminal.writing(1_500_000_000, 4_700_000_000L);
        terminal.note("done");
        assertThat(text.toString())
                .contains("writing packed weights for the next start: 1.50 GB of 4.70 GB")
                .endsWith("\u001b[Kdone" + System.lineSeparator());
    }

    @Test
    void anUnfinishedFileIsListedAndRemoved() throws IOException {
        var left = Files.writeString(folder.resolve("model-0123.packed.77.part"), "half of it");
        PackedWeights.list(folder, out);
        assertThat(text.toString()).contains("packed weights: " + left + " (unfinished), 10 B");
        assertThat(PackedWeights.remove(folder, folder.resolve("another"))).isZero();
        assertThat(left).doesNotExist();
    }

    @Test
    void canBeSwitchedOff() {
        assertThat(PackedWeights.folder("off", folder, out)).isNull();
        assertThat(PackedWeights.folder("", folder, out)).isNotNull();
        assertThatThrownBy(() -> PackedWeights.folder("yes", folder, out))
                .isInstanceOf(UserError.class)
                .hasMessage("HAYLOFT_PACKED='yes' must be on or off");
    }

    @Test
    void whatIsNotKeptCannotBeRemoved() {
        Cli.run("models", "rm", "--packed", folder.resolve("model.gguf").toString())
                .isUserError("no packed weights of", "are kept");
        Cli.run("models", "rm", "--packed", "no\0path").isUserError("is not a valid file name");
    }
}
