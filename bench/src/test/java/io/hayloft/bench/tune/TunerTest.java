package io.hayloft.bench.tune;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import io.hayloft.bench.BenchSpec;
import io.hayloft.bench.ModelChoice;
import io.hayloft.bench.record.BenchRecord;
import io.hayloft.bench.tune.TuneResult.Standing;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.engine.model.LoadOptions;
import io.hayloft.hub.Catalogue;
import io.hayloft.hub.ModelStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A small search of the real thing: engine, methods, tasks, records and predicted bytes together. */
class TunerTest {
    private static final List<String> SETTINGS =
            List.of("kivi:4bit", "snapkv:2x", "snapkv:4x", "streaming:2x", "streaming:4x");

    private static ModelChoice choice;
    private static LanguageModel model;

    @TempDir
    private Path folder;

    @BeforeAll
    static void load() {
        var found = ModelStore.open().resolve(Catalogue.EMBEDDED);
        choice = new ModelChoice(found.name(), found.path(), true);
        model = LanguageModel.load(found.path(), LoadOptions.withThreads(2));
    }

    @AfterAll
    static void close() {
        model.close();
    }

    private TuneSpec spec(TuneGoal goal, @Nullable PromptLengths lengths, boolean exhaustive) {
        var shared = BenchSpec.builder(choice).tasks(List.of("mini-needle")).lengths(List.of(256));
        return new TuneSpec(shared, SETTINGS, goal, lengths, 8, 2, 1, exhaustive, folder);
    }

    private TuneResult tune(TuneSpec spec) {
        return Tuner.run(spec, model, TuneListener.NONE);
    }

    @Test
    void findsWhatAnExhaustiveSearchFindsAndGoesOnWhereItWasStopped() throws IOException {
        var goal = new TuneGoal.MaxBytesPerToken(1300);
        var found = tune(spec(goal, null, false));
        long lines = lines("search") + lines("check");
        var again = tune(spec(goal, null, false));

        assertThat(lines("search") + lines("check")).as("nothing ran twice").isEqualTo(lines);
        assertThat(again.recommended()).isEqualTo(found.recommended());
        assertThat(again.work()).isEqualTo(found.work());
        assertThat(found.leftOut()).extracting(Footprint::method).contains("full");
        assertThat(found.standings()).allMatch(one -> one.footprint().perToken() <= 1300);
        assertThat(found.prompts().check())
                .hasSize(2)
                .doesNotContainAnyElementsOf(found.prompts().search());
        assertThat(requireNonNull(found.check()).records())
                .extracting(BenchRecord::method)
                .contains("full", found.recommended().method())
                .anyMatch(method -> method.startsWith("random"))
                .anyMatch(method -> method.startsWith("truncation"));
        assertThat(found.work().saved()).isPositive();

        var all = tune(spec(goal, null, true));

        assertThat(all.recommended()).isEqualTo(found.recommended());
        assertThat(all.standings()).allMatch(one -> one.samples() == 8);
        assertThat(all.work().decodedTokens()).isEqualTo(all.work().exhaustiveTokens());
        assertThat((double) found.work().exhaustiveTokens() / all.work().decodedTokens())
                .as("how good the estimate is")
                .isBetween(0.8, 1.25);
        assertThat(all.standings().getFirst())
                .as("the best of all, and the smallest of those")
                .isEqualTo(all.standings().stream()
                        .max((a, b) -> a.score() != b.score()
                                ? Double.compare(a.score(), b.score())
                                : Double.compare(
                                        b.footprint().bytes(), a.footprint().bytes()))
                        .map(Standing.class::cast)
                        .orElseThrow());
    }

    private long lines(String run) throws IOException {
        try (Stream<String> lines = Files.lines(folder.resolve(run).resolve("records.jsonl"))) {
            return lines.count();
        }
    }

    /** Predicted bytes are those that the records of prompts of that length hold. */
    @Test
    void bytesAreMeansOverPromptLengths() throws IOException {
        var file = Files.writeString(folder.resolve("lengths.csv"), "200,1\n400,3\n");
        var heard = new ArrayList<String>();
        var config = model.config();
        var spec = spec(new TuneGoal.MaxDrop(0.01), PromptLengths.read(file), false);
        var one = Footprints.of(spec, spec.search(), config, PromptLengths.of(200), heard::add)
                .full();
        var other = Footprints.of(spec, spec.search(), config, PromptLengths.of(400), heard::add)
                .full();
        var mean = Footprints.of(spec, spec.search(), config, PromptLengths.read(file), heard::add);

        assertThat(mean.full().bytes()).isEqualTo(0.25 * one.bytes() + 0.75 * other.bytes());
        assertThat(mean.full().tokens()).isEqualTo(350);
        assertThat(mean.fitting()).extracting(Footprint::method).containsExactlyElementsOf(SETTINGS);
        assertThat(heard).isNotEmpty();
    }

    @Test
    void aBudgetBelowEverySettingSaysTheSmallestPossible() {
        assertThatThrownBy(() -> tune(spec(new TuneGoal.MaxBytes(1000), null, false)))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("no setting fits")
                .hasMessageContaining("the smallest is snapkv:4x with")
                .hasMessageContaining("KB");
        assertThat(folder).isEmptyDirectory();
    }
}
