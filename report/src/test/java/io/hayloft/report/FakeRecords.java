package io.hayloft.report;

import static java.util.Objects.requireNonNull;

import io.hayloft.bench.record.BenchRecord;
import io.hayloft.bench.record.Json;
import io.hayloft.bench.record.RunFolder;
import io.hayloft.bench.record.RunInfo;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Made-up runs that look like real ones: methods lose more the more they compress, each category in its own way. */
public final class FakeRecords {
    private static final List<String> CATEGORIES = List.of(
            "single-document QA", "multi-document QA", "summarisation", "few-shot", "synthetic", "code", "needle");
    private static final List<String> TASKS = List.of(
            "mini-single-doc-qa",
            "mini-multi-doc-qa",
            "mini-summarisation",
            "mini-few-shot",
            "mini-retrieval",
            "mini-code",
            "mini-needle");
    private static final double[] HARDNESS = {0.1, 0.6, 1.0, 0.2, 0.4, 0.05, 0.8};
    public static final List<String> METHODS = List.of(
            "full",
            "random:2x",
            "random:4x",
            "random:8x",
            "kivi:4bit",
            "kivi:2bit",
            "streaming:2x",
            "streaming:4x",
            "streaming:8x",
            "h2o:2x",
            "h2o:4x",
            "h2o:8x",
            "snapkv:2x",
            "snapkv:4x",
            "snapkv:8x");

    private static final RunInfo.Machine MACHINE =
            new RunInfo.Machine("Some CPU", 2, 24L << 30, 256, "OpenJDK 64-Bit Server VM 25", "Linux amd64", 2);

    private FakeRecords() {}

    /** Records of the mini suite at two lengths. */
    public static List<BenchRecord> mini(int samples, int categories) {
        var random = new Random(7);
        var records = new ArrayList<BenchRecord>();
        for (int length : new int[] {1024, 2048}) {
            for (int s = 0; s < samples; s++) {
                for (int c = 0; c < categories; c++) {
                    for (var method : METHODS) {
                        boolean right = random.nextDouble() < chance(method, c);
                        records.add(record(method, c, s, length, right ? 1 : 0, right ? "harbour 17" : "lantern"));
                    }
                }
            }
        }
        return records;
    }

    private static double chance(String method, int category) {
        double loss = switch (family(method)) {
            case "full" -> 0.01;
            case "kivi" -> method.endsWith("4bit") ? 0.01 : 0.22;
            case "snapkv" -> 0.14;
            case "h2o" -> 0.2;
            case "streaming" -> 0.28;
            default -> 0.4;
        };
        double ratio = ratio(method);
        double strength = Double.isNaN(ratio) ? 1 : Math.log(ratio) / Math.log(2);
        return Math.max(0.02, 0.99 - loss * strength * (0.35 + HARDNESS[category]));
    }

    private static String family(String method) {
        return method.contains(":") ? method.substring(0, method.indexOf(':')) : method;
    }

    private static double ratio(String method) {
        return method.endsWith("x") ? Double.parseDouble(method.replaceAll(".*:|x", "")) : Double.NaN;
    }

    /** One record; the sample's text is the same for every method. */
    public static BenchRecord record(String method, int category, int sample, int length, double score, String output) {
        long full = 1024L * length;
        double ratio = ratio(method);
        long bytes = Math.round(
                family(method).equals("kivi")
                        ? full / (method.endsWith("4bit") ? 3.1 : 4.6)
                        : Double.isNaN(ratio) ? full : full / ratio);
        var facets = new LinkedHashMap<String, Object>();
        facets.put("length", length);
        if (CATEGORIES.get(category).equals("needle")) {
            facets.put("depth", sample % 5 / 4.0);
        }
        var id = length + "-" + sample;
        return new BenchRecord(
                new BenchRecord.Subject(
                        "hayloft-tiny",
                        method,
                        family(method),
                        TASKS.get(category),
                        "1",
                        CATEGORIES.get(category),
                        id,
                        1,
                        "question-aware",
                        facets),
                new BenchRecord.Outcome("exact/1", score, List.of("harbour 17"), List.of(), output, "eos"),
                new BenchRecord.Tokens(length - 20, length - 20, null, length - 20, 4, 1, 0, null),
                new BenchRecord.Bytes(Double.isNaN(ratio) ? null : ratio, (double) full / bytes, bytes, bytes, full, 0),
                new BenchRecord.Times(length / 9000.0, 0.001, 0.004, 0.001, 0.005, 4, 15),
                new BenchRecord.Origin(
                        "00" + TASKS.get(category).hashCode() + id,
                        "ids",
                        "key-" + method + "-" + TASKS.get(category) + "-" + id,
                        "machine"));
    }

    /** The same record of a method that read a shorter prompt. */
    public static BenchRecord withPrompt(BenchRecord record, int promptTokens) {
        return with(
                record, promptTokens, promptTokens, record.storedBytes(), record.freeTokens(), record.decodeSteps());
    }

    /** The same record of another row. */
    public static BenchRecord named(BenchRecord record, String row) {
        return of(record, row, record.subject().protocol());
    }

    /** The same record with its question in another place. */
    public static BenchRecord by(BenchRecord record, String protocol) {
        return of(record, record.method(), protocol);
    }

    /** The same record of a needle at another depth. */
    public static BenchRecord at(BenchRecord record, double depth) {
        var facets = new LinkedHashMap<String, Object>(record.facets());
        facets.put("depth", depth);
        return of(record, record.method(), record.subject().protocol(), facets);
    }

    private static BenchRecord of(BenchRecord record, String row, String protocol) {
        return of(record, row, protocol, record.facets());
    }

    private static BenchRecord of(BenchRecord record, String row, String protocol, Map<String, Object> facets) {
        var subject = record.subject();
        return new BenchRecord(
                new BenchRecord.Subject(
                        subject.model(),
                        row,
                        row,
                        subject.task(),
                        subject.taskVersion(),
                        subject.category(),
                        subject.sample(),
                        subject.seed(),
                        protocol,
                        facets),
                record.outcome(),
                record.tokens(),
                record.bytes(),
                record.times(),
                record.origin());
    }

    /** The same record as if a server had answered that counts so many tokens of the prompt. */
    public static BenchRecord ofServer(BenchRecord record, int promptTokens) {
        var tokens = new BenchRecord.Tokens(promptTokens, promptTokens, null, promptTokens, 4, 0, 0, null);
        return new BenchRecord(record.subject(), record.outcome(), tokens, null, null, record.origin());
    }

    /** The same record with other numbers. */
    public static BenchRecord with(
            BenchRecord record,
            int promptTokens,
            int compressAfter,
            long storedBytes,
            int freeTokens,
            int decodeSteps) {
        var tokens = record.tokens();
        var bytes = requireNonNull(record.bytes());
        var times = requireNonNull(record.times());
        return new BenchRecord(
                record.subject(),
                record.outcome(),
                new BenchRecord.Tokens(
                        promptTokens,
                        compressAfter,
                        tokens.shortenedPart(),
                        tokens.tokensBeforeTruncation(),
                        tokens.generatedTokens(),
                        freeTokens,
                        0,
                        null),
                new BenchRecord.Bytes(
                        bytes.requestedRatio(),
                        bytes.achievedRatio(),
                        bytes.readBytes(),
                        storedBytes,
                        bytes.fullCacheBytes(),
                        bytes.stateBytes()),
                new BenchRecord.Times(
                        times.prefillSeconds(),
                        times.compressSeconds(),
                        times.decodeSeconds(),
                        times.ownDecodeSeconds(),
                        times.sharedDecodeSeconds(),
                        decodeSteps,
                        times.batchRows()),
                record.origin());
    }

    /** The same record with an answer of another length. */
    public static BenchRecord withTokens(BenchRecord record, int generated, String stopReason) {
        var outcome = record.outcome();
        var tokens = record.tokens();
        return new BenchRecord(
                record.subject(),
                new BenchRecord.Outcome(
                        outcome.metric(),
                        outcome.score(),
                        outcome.references(),
                        outcome.allClasses(),
                        outcome.output(),
                        stopReason),
                new BenchRecord.Tokens(
                        tokens.promptTokens(),
                        tokens.compressAfter(),
                        tokens.shortenedPart(),
                        tokens.tokensBeforeTruncation(),
                        generated,
                        tokens.freeTokens(),
                        0,
                        null),
                record.bytes(),
                record.times(),
                record.origin());
    }

    /** A line of {@code records.jsonl}: the groups of a record without their names. */
    public static String line(BenchRecord record) {
        var mapper = new JsonMapper();
        var line = mapper.createObjectNode();
        for (Record group : List.<Record>of(
                record.subject(),
                record.outcome(),
                record.tokens(),
                requireNonNull(record.bytes()),
                requireNonNull(record.times()),
                record.origin())) {
            line.setAll((ObjectNode) mapper.readTree(Json.line(group)));
        }
        return line.toString();
    }

    /** A run around records. */
    public static RunFolder run(Path folder, List<BenchRecord> records) {
        return new RunFolder(folder, info("identity"), records, List.of(), List.of());
    }

    /** The description of a run with this identity. */
    public static RunInfo info(String identity) {
        return info(identity, "0123456789abcdef");
    }

    /** The description of a run with this identity by this code. */
    public static RunInfo info(String identity, String code) {
        var versions = new LinkedHashMap<String, String>();
        TASKS.forEach(task -> versions.put(task, "1"));
        return new RunInfo(
                RunInfo.FORMAT,
                "1.0",
                "0123abcd",
                code,
                identity,
                "2026-01-01T00:00:00Z",
                new RunInfo.Model("hayloft-tiny", "ab".repeat(32), "llama", true, 8192, 8_000_000, 1024),
                Map.of(
                        "identity",
                        identity,
                        "lengths",
                        List.of(1024, 2048),
                        "samples",
                        10,
                        "seed",
                        1,
                        "protocol",
                        "question-aware",
                        "cache_type",
                        "f16",
                        "backend",
                        "java"),
                versions,
                MACHINE,
                Map.of("machine", MACHINE),
                "2026-01-01T00:00:00Z",
                "2026-01-01T00:01:07Z",
                67,
                1,
                List.of("the model has no chat template: prompts go in as plain text"));
    }
}
