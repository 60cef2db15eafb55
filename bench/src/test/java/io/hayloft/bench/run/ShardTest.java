package io.hayloft.bench.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import io.hayloft.bench.BenchSpec;
import io.hayloft.bench.BenchSpecBuilder;
import io.hayloft.bench.ModelChoice;
import io.hayloft.bench.Protocol;
import io.hayloft.bench.Shard;
import io.hayloft.bench.identity.Hashes;
import io.hayloft.bench.record.BenchRecord;
import io.hayloft.bench.record.Merge;
import io.hayloft.bench.record.PromptFile;
import io.hayloft.bench.record.RunFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardTest {
    @TempDir
    Path folder;

    private BenchSpecBuilder spec(String name) {
        return BenchSpec.builder(new ModelChoice("fake model", Path.of("none"), false))
                .truncation(false)
                .methods(List.of("snapkv:4x", "full"))
                .tasks(List.of("mini-needle", "mini-code"))
                .lengths(List.of(128, 256))
                .samples(4)
                .clock("2026-01-31T12:00:00Z")
                .out(folder.resolve(name));
    }

    private static RunFolder run(BenchSpecBuilder spec, FakeRunner runner) {
        try (var run = BenchRun.prepare(spec.build(), runner, BenchRun.Start.PLAIN)) {
            return run.run(RunListener.NONE);
        }
    }

    private Path shard(int index, int count) {
        run(spec("part" + index).shard(new Shard(index, count)), new FakeRunner(1000, false));
        return folder.resolve("part" + index);
    }

    @Test
    void threeShardsMergedEqualTheUndividedRunRecordForRecord() throws Exception {
        var all = run(spec("all"), new FakeRunner(1000, false));
        var parts = List.of(shard(3, 3), shard(1, 3), shard(2, 3)); // in any order

        var merged = Merge.of(folder.resolve("merged"), parts);
        assertThat(merged.run().records()).isEqualTo(all.records()).hasSize(2 * 2 * 4 * 3);
        assertThat(merged.missing()).isEmpty();
        assertThat(merged.repeated()).isZero();
        assertThat(merged.run().info().settings())
                .isEqualTo(RunFolder.read(folder.resolve("all")).info().settings());
        assertThat(merged.run().info().identity()).isEqualTo(all.info().identity());
        assertThat(Files.readString(folder.resolve("merged/records.jsonl")))
                .isEqualTo(Files.readString(folder.resolve("all/records.jsonl")));
        var hashes = all.records().stream().map(BenchRecord::promptSha256).collect(Collectors.toSet());
        var prompts = PromptFile.read(folder.resolve("all"), hashes);
        assertThat(prompts).containsOnlyKeys(hashes);
        prompts.forEach((hash, text) -> assertThat(Hashes.of(text)).isEqualTo(hash));
        assertThat(PromptFile.read(folder.resolve("merged"), hashes)).isEqualTo(prompts);

        var again = Merge.of(folder.resolve("merged"), parts);
        assertThat(again.run().records()).isEqualTo(all.records());
        assertThat(again.repeated()).isEqualTo(all.records().size());
    }

    /** A part has a sample by one protocol and another part the same sample by the next; a conversation has only one. */
    @Test
    void shardsOfARunByAllProtocolsEqualTheUndividedRun() throws Exception {
        for (int count : new int[] {2, 3}) {
            var all = run(byAllProtocols("all" + count), new FakeRunner(2000, false));
            var parts = new ArrayList<Path>();
            for (int i = 1; i <= count; i++) {
                var name = "part" + i + "of" + count;
                run(byAllProtocols(name).shard(new Shard(i, count)), new FakeRunner(2000, false));
                parts.add(folder.resolve(name));
            }
            var merged = Merge.of(folder.resolve("merged" + count), parts);

            assertThat(all.records()).hasSize((4 * 3 + 4) * 3);
            assertThat(merged.run().records()).isEqualTo(all.records());
            assertThat(merged.repeated()).isZero();
            assertThat(Files.readString(folder.resolve("merged" + count + "/records.jsonl")))
                    .isEqualTo(Files.readString(folder.resolve("all" + count + "/records.jsonl")));

            // the merged folder is a finished run, and of no part is anything left
            assertDone(byAllProtocols("merged" + count), 16);
            assertDone(byAllProtocols("part1of" + count).shard(new Shard(1, count)), (16 + count - 1) / count);
        }
    }

    private BenchSpecBuilder byAllProtocols(String name) {
        return spec(name)
                .tasks(List.of("mini-single-doc-qa", "mini-turns"))
                .lengths(List.of(256))
                .protocol(Protocol.ALL);
    }

    private static void assertDone(BenchSpecBuilder spec, int samples) {
        var runner = new FakeRunner(2000, false);
        try (var run = BenchRun.prepare(spec.build(), runner, BenchRun.Start.PLAIN)) {
            assertThat(run.plan().samples()).isEqualTo(samples);
            assertThat(run.plan().samplesDone()).isEqualTo(samples);
            run.run(RunListener.NONE);
        }
        assertThat(runner.calls).isEmpty();
    }

    @Test
    void aShardThatWasKilledGoesOn() {
        var killed = new FakeRunner(1000, false);
        killed.diesAfter = 2;
        assertThatThrownBy(() -> run(spec("part1").shard(new Shard(1, 2)), killed))
                .isInstanceOf(FakeRunner.Killed.class);
        assertThat(RunFolder.read(folder.resolve("part1")).records()).hasSize(2 * 3);
        var merged = Merge.of(folder.resolve("merged"), List.of(shard(1, 2), shard(2, 2)));
        assertThat(merged.run().records())
                .isEqualTo(run(spec("all"), new FakeRunner(1000, false)).records());
    }

    @Test
    void whatIsMissingIsNamed() {
        var merged = Merge.of(folder.resolve("merged"), List.of(shard(1, 3), shard(3, 3)));
        assertThat(merged.missing()).containsExactly("2/3");
        assertThat(merged.run().info().settings()).containsKey("shards");
        // the late part joins what is there
        var all = Merge.of(folder.resolve("merged"), List.of(shard(2, 3)));
        assertThat(all.missing()).isEmpty();
        assertThat(all.run().records()).hasSize(2 * 2 * 4 * 3);
    }

    @Test
    void aStartWithoutAShardMakesOneRunOfMergedParts() {
        Merge.of(folder.resolve("merged"), List.of(shard(1, 3), shard(3, 3)));
        var rest = run(spec("merged"), new FakeRunner(1000, false));
        assertThat(rest.records()).hasSize(2 * 2 * 4 * 3);
        assertThat(rest.info().settings()).doesNotContainKey("shards");
        assertThat(RunFolder.read(folder.resolve("merged")).info().settings()).doesNotContainKey("shards");
    }

    @Test
    void anAnswerCountsMoreThanAFailure() {
        var failing = new FakeRunner(1000, false);
        failing.failsOn = " "; // every prompt
        run(spec("failed"), failing);
        run(spec("done"), new FakeRunner(1000, false));
        var merged = Merge.of(folder.resolve("merged"), List.of(folder.resolve("failed"), folder.resolve("done")));
        assertThat(merged.run().failures()).isEmpty();
        assertThat(merged.run().records()).hasSize(2 * 2 * 4 * 3);
    }

    @Test
    void partsOfOtherRunsAreRefused() {
        var part = shard(1, 2);
        run(spec("other").seed(2), new FakeRunner(1000, false));
        assertThatThrownBy(() -> Merge.of(folder.resolve("merged"), List.of(part, folder.resolve("other"))))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("are not parts of one run: --seed was ");
        assertThatThrownBy(() -> Merge.of(folder.resolve("merged"), List.of(folder.resolve("none"))))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("holds no run");
    }

    @Test
    void promptsWithDifferentDatesAreNotMerged() {
        var first = new FakeRunner(1000, true);
        var second = new FakeRunner(1000, true);
        first.dated = true;
        second.dated = true;
        run(spec("one"), first);
        run(spec("two").clock("2026-02-01T12:00:00Z"), second);
        assertThatThrownBy(
                        () -> Merge.of(folder.resolve("merged"), List.of(folder.resolve("one"), folder.resolve("two"))))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("different answers")
                .hasMessageContaining("--clock");
    }

    @Test
    void partsAreWrittenAsFractions() {
        assertThat(Shard.parse("2/3")).isEqualTo(new Shard(2, 3));
        assertThat(Shard.parse("0/3")).isEqualTo(Shard.parse("3/3"));
        for (var wrong : List.of("4/3", "1/0", "x", "1", "-1/3", "1/3/5")) {
            assertThatThrownBy(() -> Shard.parse(wrong)).as(wrong).isInstanceOf(UserError.class);
        }
        assertThatThrownBy(() -> run(spec("empty").shard(new Shard(99, 100)), new FakeRunner(1000, false)))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("--shard 99/100 has no sample");
    }
}
