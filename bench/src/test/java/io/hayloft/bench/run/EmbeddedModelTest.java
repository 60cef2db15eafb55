package io.hayloft.bench.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import io.hayloft.bench.BenchSpec;
import io.hayloft.bench.ModelChoice;
import io.hayloft.bench.Protocol;
import io.hayloft.bench.record.BenchRecord;
import io.hayloft.bench.record.PredictedFile;
import io.hayloft.bench.record.RunFolder;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.engine.model.LoadOptions;
import io.hayloft.hub.Catalogue;
import io.hayloft.hub.ModelStore;
import io.hayloft.tasks.Prompt;
import io.hayloft.tokenizer.ChatFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** A small run of the real thing: engine, methods, tasks and records together. */
class EmbeddedModelTest {
    private static ModelChoice choice;
    private static LanguageModel model;

    @TempDir
    Path folder;

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

    private BenchSpec spec(Protocol protocol) {
        return BenchSpec.builder(choice)
                .truncation(false)
                .methods(List.of("snapkv:4x", "kivi:4bit"))
                .tasks(List.of("mini-needle"))
                .lengths(List.of(256))
                .samples(3)
                .protocol(protocol)
                .out(folder.resolve(protocol.text()))
                .build();
    }

    @Test
    void aRunEndsWithTruthfulRecords() {
        RunFolder done;
        try (var run = BenchRun.prepare(spec(Protocol.QUESTION_AWARE), model, BenchRun.Start.PLAIN)) {
            done = run.run(RunListener.NONE);
        }
        assertThat(done.records()).hasSize(3 * 4);
        assertThat(done.records())
                .filteredOn(record -> record.method().equals("full"))
                .extracting(BenchRecord::score)
                .containsOnly(1.0);
        for (var record : done.records()) {
            assertThat(record.achievedRatio()).isEqualTo((double) record.fullCacheBytes() / record.storedBytes());
            assertThat(record.promptTokens()).isBetween(200, 256);
            assertThat(record.prefillSeconds()).isPositive();
            assertThat(record.decodeSeconds()).isPositive();
        }
        assertThat(done.records().get(2).achievedRatio()).isBetween(3.0, 4.0);
        isPredicted(done);
    }

    /** What was predicted for prompts of the mean length lies between the records of the shortest and the longest. */
    private static void isPredicted(RunFolder done) {
        var rows = PredictedFile.read(done.path()).methods();
        assertThat(rows).extracting(PredictedFile.Row::method).containsExactlyElementsOf(methods(done));
        for (var row : rows) {
            var stored = done.records().stream()
                    .filter(record -> record.method().equals(row.method()))
                    .mapToDouble(record -> (double) record.storedBytes() / record.promptTokens())
                    .summaryStatistics();
            assertThat((double) row.storedBytes() / row.context())
                    .as(row.method())
                    .isBetween(0.9 * stored.getMin(), 1.1 * stored.getMax());
            assertThat(row.prefillSeconds()).isPositive();
            assertThat(row.decodeMsPerToken()).isPositive();
        }
    }

    private static List<String> methods(RunFolder done) {
        return done.records().stream().map(BenchRecord::method).distinct().toList();
    }

    @Test
    void bothProtocolsSeeTheSameTokens() {
        var runner = new EngineRunner(spec(Protocol.QUESTION_AWARE), model);
        var prompt = new Prompt("the pass key is 1 2 3 4 5 6 7 .", " the pass key is", false);
        var aware = runner.encode(prompt, Protocol.QUESTION_AWARE);
        var agnostic = runner.encode(prompt, Protocol.QUESTION_AGNOSTIC);
        assertThat(agnostic.ids()).isEqualTo(aware.ids());
        assertThat(aware.compressAfter()).isEqualTo(aware.ids().length);
        int questionTokens = runner.tokens().count(prompt.question());
        assertThat(agnostic.compressAfter()).isEqualTo(aware.ids().length - questionTokens);
    }

    @Test
    void aPromptThatCannotBeSplitIsNotCompressedAfterItsQuestionUnnoticed() throws IOException {
        Files.writeString(
                folder.resolve("tokenizer_config.json"),
                JsonMapper.shared()
                        .writeValueAsString(Map.of(
                                "chat_template",
                                "{% for message in messages %}{{ message['content'] | upper }}{% endfor %}")));
        var prompts = new PromptEncoder(model.tokenizer(), ChatFormat.fromFolder(folder));
        for (var prompt : List.of(
                new Prompt("the pass key is 1 .", " the pass key is", true),
                new Prompt(" ", " the pass key is", false),
                new Prompt("the pass key is 1 .", "", false))) {
            assertThat(prompts.encode(prompt, Protocol.QUESTION_AWARE).ids()).isNotEmpty();
            assertThatThrownBy(() -> prompts.encode(prompt, Protocol.QUESTION_AGNOSTIC))
                    .isInstanceOf(UserError.class)
                    .hasMessageContaining("cannot be compressed before its question");
        }
    }

    /** Both sides of midnight. */
    @Test
    void theDateOfATemplateIsPartOfThePromptsTokens() throws IOException {
        var template = "the date {{ strftime_now('%d') | list | join(' ') }} {{ messages[0]['content'] }}";
        Files.writeString(
                folder.resolve("tokenizer_config.json"),
                JsonMapper.shared().writeValueAsString(Map.of("chat_template", template)));
        var prompt = new Prompt("the pass key is 1 2 3 .", " the pass key is", true);
        var prompts = new PromptEncoder(model.tokenizer(), ChatFormat.fromFolder(folder));
        var seen = new LinkedHashSet<List<Integer>>();
        for (var time : List.of("2026-01-31T23:59:59+01:00", "2026-02-01T00:00:01+01:00")) {
            var at = OffsetDateTime.parse(time);
            prompts.renderAt(Clock.fixed(at.toInstant(), at.getOffset()));
            seen.add(Arrays.stream(
                            prompts.encode(prompt, Protocol.QUESTION_AWARE).ids())
                    .boxed()
                    .toList());
        }
        assertThat(seen).hasSize(2);
    }

    @Test
    void aSampleJobAnswersAsARunDoes() {
        var spec = spec(Protocol.QUESTION_AWARE).withClock("2026-01-31T23:59:59+01:00");
        assertThat(BenchSpec.fromJson(spec.toJson())).isEqualTo(spec);
        RunFolder done;
        try (var run = BenchRun.prepare(spec, model, BenchRun.Start.PLAIN)) {
            done = run.run(RunListener.NONE);
        }
        var records = new ArrayList<BenchRecord>();
        try (var job = SampleJob.open(BenchSpec.fromJson(spec.toJson()))) {
            for (int i = 0; i < job.count(); i++) {
                records.addAll(job.run(i));
            }
        }
        assertThat(records)
                .usingRecursiveFieldByFieldElementComparatorIgnoringFields("times")
                .isEqualTo(done.records());
    }

    @Test
    void theContextIsFoundInsideAChatFormatThatTrims() throws IOException {
        var template = "the {% for message in messages %}{{ message['content'] | trim }}{% endfor %} ."
                + "{% if add_generation_prompt %} the{% endif %}";
        Files.writeString(
                folder.resolve("tokenizer_config.json"),
                JsonMapper.shared().writeValueAsString(Map.of("chat_template", template)));
        var chat = ChatFormat.fromFolder(folder);
        assertThat(chat).isPresent();
        var prompts = new PromptEncoder(model.tokenizer(), chat);
        var prompt = new Prompt(" the pass key is 1 2 3 .", " the pass key is ", true);
        var agnostic = prompts.encode(prompt, Protocol.QUESTION_AGNOSTIC);
        assertThat(agnostic.ids())
                .isEqualTo(prompts.encode(prompt, Protocol.QUESTION_AWARE).ids());
        assertThat(prompts.decode(agnostic.ids())).isEqualTo("the the pass key is 1 2 3 . the pass key is . the");
        assertThat(prompts.decode(agnostic.prefix(agnostic.compressAfter()).ids()))
                .isEqualTo("the the pass key is 1 2 3 .");
    }
}
