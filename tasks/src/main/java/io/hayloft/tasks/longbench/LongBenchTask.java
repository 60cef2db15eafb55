package io.hayloft.tasks.longbench;

import io.hayloft.base.UserError;
import io.hayloft.tasks.Category;
import io.hayloft.tasks.Prompt;
import io.hayloft.tasks.Sample;
import io.hayloft.tasks.SampleRequest;
import io.hayloft.tasks.Samples;
import io.hayloft.tasks.StopRule;
import io.hayloft.tasks.Task;
import io.hayloft.tasks.metric.Metric;
import io.hayloft.tasks.metric.Numbers;
import io.hayloft.tasks.metric.UnicodeText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import tools.jackson.databind.json.JsonMapper;

/** One LongBench task: settings from the resource {@code tasks.json}, samples from the user's data folder. */
public final class LongBenchTask implements Task {
    private static final StopRule NEWLINE_ENDS = new StopRule(true, 1);
    private static final JsonMapper JSON = JsonMapper.shared();

    /** Tasks that LongBench-E has samples of, evenly over lengths. */
    private static final Set<String> BY_LENGTH = Set.of(
            "qasper",
            "multifieldqa_en",
            "hotpotqa",
            "2wikimqa",
            "gov_report",
            "multi_news",
            "trec",
            "triviaqa",
            "samsum",
            "passage_count",
            "passage_retrieval_en",
            "lcc",
            "repobench-p");

    private final String name;
    private final Settings settings;
    private final Template template;

    /**
     * The settings of one task.
     *
     * @param version changes whenever prompts, generation or scores do
     * @param about one line for people
     * @param maxNewTokens official length of an answer
     * @param chat whether prompts are wrapped in the chat format of the model
     * @param firstLineOnly whether only the first line of an answer is scored
     * @param stopAtNewline whether the token that is a line feed ends the answer; neither it nor an EOS token can be the
     *     first then
     * @param template prompt with places for {@code {context}} and {@code {input}}
     */
    record Settings(
            String name,
            String version,
            String about,
            Category category,
            Metric metric,
            int maxNewTokens,
            boolean chat,
            boolean firstLineOnly,
            boolean stopAtNewline,
            String template) {}

    private LongBenchTask(String name, Settings settings) {
        this.name = name;
        this.settings = settings;
        this.template = Template.parse(settings.template());
    }

    /** The sixteen English and code tasks in the order of the benchmark's tables. */
    public static List<Task> all() {
        return read("tasks.json");
    }

    /** The thirteen tasks of LongBench-E: other samples, all else as in the task without {@code _e}. */
    public static List<Task> byLength() {
        return all().stream()
                .map(LongBenchTask.class::cast)
                .filter(task -> BY_LENGTH.contains(task.name))
                .<Task>map(task -> new LongBenchTask(task.name + "_e", task.settings))
                .toList();
    }

    /** The five Chinese tasks. */
    public static List<Task> chinese() {
        return read("tasks-zh.json");
    }

    private static List<Task> read(String file) {
        try (var resource = LongBenchTask.class.getResourceAsStream(file)) {
            var settings = JSON.readValue(Objects.requireNonNull(resource), Settings[].class);
            return List.of(settings).stream()
                    .<Task>map(one -> new LongBenchTask(one.name(), one))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Category category() {
        return settings.category();
    }

    @Override
    public String description() {
        return name.equals(settings.name()) ? settings.about() : settings.about() + ", by length";
    }

    @Override
    public String metric() {
        return settings.metric().id();
    }

    @Override
    public String version() {
        return settings.version();
    }

    @Override
    public StopRule stop() {
        return settings.stopAtNewline() ? NEWLINE_ENDS : StopRule.END_OF_SEQUENCE;
    }

    @Override
    public boolean needsData() {
        return true;
    }

    @Override
    public Samples open(SampleRequest request) {
        var ids = new HashSet<String>();
        var rows = SampleFile.of(name(), request.data()).rows(request.count(), row -> check(row, ids));
        return Samples.of(
                rows.size(),
                index -> sample(rows.get(index).read(), request),
                index -> rows.get(index).bytes());
    }

    /** Refuses a broken row of a file before anything runs. */
    private void check(SampleFile.Row row, Set<String> ids) {
        row.text("context");
        row.text("input");
        references(row);
        classes(row);
        if (!ids.add(id(row))) {
            throw new UserError(row.file() + ", line " + row.line() + ": a sample before it has the same _id '"
                    + id(row) + "': remove one");
        }
    }

    private String id(SampleFile.Row row) {
        return row.name("_id", name() + "-" + row.line());
    }

    private List<String> classes(SampleFile.Row row) {
        return settings.metric() == Metric.CLASSIFICATION ? row.texts("all_classes") : List.of();
    }

    @Override
    public int longestAnswer(SampleRequest request) {
        return settings.maxNewTokens();
    }

    private Sample sample(SampleFile.Row row, SampleRequest request) {
        var facets = new LinkedHashMap<String, Object>();
        row.number("length").ifPresent(words -> facets.put("length", words)); // no score uses it
        var prompt = prompt(row.text("context"), row.text("input"));
        if (request.limitTokens() > 0) {
            var cut = MiddleCut.of(prompt, request.limitTokens(), request.tokens());
            prompt = cut.prompt();
            facets.put("tokensBeforeCut", cut.tokensBefore());
        }
        return new Sample(
                name(), category(), id(row), prompt, references(row), classes(row), settings.maxNewTokens(), facets);
    }

    /** The prompt of a document and a question, not cut yet. */
    Prompt prompt(String context, String input) {
        return template.fill(context, input, settings.chat());
    }

    /** The official length of an answer in tokens. */
    int maxNewTokens() {
        return settings.maxNewTokens();
    }

    private List<String> references(SampleFile.Row row) {
        var answers = row.texts("answers");
        if (answers.isEmpty()) {
            throw row.error("answers", "a list with at least one answer");
        }
        switch (settings.metric()) {
            case RETRIEVAL -> requireParagraphs(row, answers, Numbers.ENGLISH, "Paragraph 12");
            case RETRIEVAL_ZH -> requireParagraphs(row, answers, Numbers.CHINESE, "段落12");
            default -> {}
        }
        return answers;
    }

    private static void requireParagraphs(SampleFile.Row row, List<String> answers, Numbers form, String example) {
        if (!answers.stream().allMatch(form::namesParagraph)) {
            throw row.error("answers", "a list of answers such as '" + example + "'");
        }
    }

    @Override
    public double score(Sample sample, String output) {
        var scored = settings.firstLineOnly() ? UnicodeText.firstLine(output) : output;
        return settings.metric().best(scored, sample.references(), sample.allClasses());
    }
}
