package io.hayloft.bench.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PromptFileTest {
    @TempDir
    Path folder;

    private byte[] bytes() throws IOException {
        return Files.readAllBytes(folder.resolve(PromptFile.NAME));
    }

    private static String text(int seed) {
        var random = new Random(seed);
        var text = new StringBuilder("\u4f60\u597d ");
        for (int i = 0; i < 4000 * seed; i++) {
            text.append((char) ('a' + random.nextInt(26)));
        }
        return text.toString();
    }

    @Test
    void eachPromptIsStoredOnceAndOtherProgramsReadTheFile() throws IOException {
        try (var prompts = PromptFile.open(folder)) {
            prompts.add(new PromptFile.Line("a", text(1)));
            prompts.add(new PromptFile.Line("b", text(9)));
            prompts.add(new PromptFile.Line("a", text(1)));
        }
        try (var prompts = PromptFile.open(folder)) {
            prompts.add(new PromptFile.Line("b", text(9)));
            prompts.add(new PromptFile.Line("c", ""));
        }
        assertThat(PromptFile.read(folder, Set.of("a", "b", "c", "d")))
                .isEqualTo(Map.of("a", text(1), "b", text(9), "c", ""));
        try (var in = new GZIPInputStream(Files.newInputStream(folder.resolve(PromptFile.NAME)))) {
            assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8).lines())
                    .hasSize(3)
                    .allMatch(line -> line.startsWith("{\"prompt_sha256\":"));
        }
        assertThat(PromptFile.read(folder.resolve("none"), Set.of("a"))).isEmpty();
    }

    /** Whatever a kill leaves of the last member is dropped, and the same prompt can be added again. */
    @Test
    void aTornEndIsCutOff() throws IOException {
        long first;
        try (var prompts = PromptFile.open(folder)) {
            prompts.add(new PromptFile.Line("a", text(1)));
            first = bytes().length;
            prompts.add(new PromptFile.Line("b", text(2)));
        }
        var all = bytes();
        for (int size = (int) first; size < all.length; size += 1 + (all.length - (int) first) / 40) {
            Files.write(folder.resolve(PromptFile.NAME), Arrays.copyOf(all, size));
            assertThat(PromptFile.read(folder, Set.of("a", "b"))).containsOnlyKeys("a");
            try (var prompts = PromptFile.open(folder)) {
                prompts.add(new PromptFile.Line("b", text(2)));
            }
            assertThat(bytes()).isEqualTo(all);
        }
    }

    @Test
    void whatIsNoSuchFileIsNamed() throws IOException {
        Files.writeString(folder.resolve(PromptFile.NAME), "something else altogether");
        assertThatThrownBy(() -> PromptFile.read(folder, Set.of("a")))
                .isInstanceOf(UserError.class)
                .hasMessageContaining(PromptFile.NAME)
                .hasMessageContaining("damaged");
    }
}
