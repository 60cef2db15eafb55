package io.hayloft.tasks.longbench;

import io.hayloft.base.UserError;
import io.hayloft.tasks.Prompt;
import io.hayloft.tasks.Sample;
import io.hayloft.tasks.SampleRequest;
import io.hayloft.tasks.Samples;
import io.hayloft.tasks.StopRule;
import io.hayloft.tasks.definition.DefinedTask;
import io.hayloft.tasks.definition.Definition;
import io.hayloft.tasks.metric.Metric;
import io.hayloft.tasks.metric.Numbers;
import io.hayloft.tasks.metric.UnicodeText;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Questions about documents that stand in a file, as in LongBench: a document, a question and its true answers a row. */
public final class FileTask extends DefinedTask {
    /** An answer may be as long as a context at most. */
    private static final int MOST_TOKENS = 1 << 20;

    private final Template template;
    private final String form;
    private final String data;
    private final int maxNewTokens;
    private final boolean chat;
    private final boolean firstLineOnly;
    private final StopRule stop;
    private final Columns columns;

    /** The names of the fields in a row. */
    private record Columns(String context, String input, String answers, String classes, String length, String id) {
        static Columns of(Definition definition) {
            var names = definition.fields().within("columns");
            var columns = new Columns(
                    names.text("context", "context"),
                    names.text("input", "input"),
                    names.text("answers", "answers"),
                    names.text("all_classes", "all_classes"),
                    names.text("length", "length"),
                    names.text("_id", "_id"));
            names.finish();
            return columns;
        }
    }

    /**
     * The task of a definition of the form {@code questions}.
     *
     * @throws UserError if a key is missing or wrong
     */
    public FileTask(Definition definition) {
        super(definition);
        var fields = definition.fields();
        this.form = fields.text("prompt");
        this.template = fields.read("prompt", Template::parse);
        this.data = fields.text("data", definition.name());
        this.maxNewTokens = fields.integer("answer-tokens", 1, MOST_TOKENS);
        this.chat = fields.flag("chat", true);
        this.firstLineOnly = fields.flag("first-line-only", false);
        this.stop = new StopRule(
                fields.flag("stop-at-newline", false), fields.integer("min-new-tokens", 0, maxNewTokens, 0));
        this.columns = Columns.of(definition);
    }

    @Override
    public String promptForm() {
        return form;
    }

    @Override
    public StopRule stop() {
        return stop;
    }

    @Override
    public boolean needsData() {
        return true;
    }

    @Override
    public boolean hasData(@Nullable Path folder) {
        return SampleFile.find(data, folder, definition().folder()) != null;
    }

    @Override
    public Samples open(SampleRequest request) {
        var ids = new HashSet<String>();
        var rows = SampleFile.of(this, data, request.data()).rows(request.count(), row -> check(row, ids));
        return Samples.of(
                rows.size(),
                index -> sample(rows.get(index).read(), request),
                index -> rows.get(index).bytes());
    }

    /** Refuses a broken row of a file before anything runs. */
    private void check(SampleFile.Row row, Set<String> ids) {
        row.text(columns.context());
        row.text(columns.input());
        references(row);
        classes(row);
        if (!ids.add(id(row))) {
            throw new UserError(row.file() + ", line " + row.line() + ": a sample before it has the same _id '"
                    + id(row) + "': remove one");
        }
    }

    private String id(SampleFile.Row row) {
        return row.name(columns.id(), name() + "-" + row.line());
    }

    private List<String> classes(SampleFile.Row row) {
        return definition().metric() == Metric.CLASSIFICATION ? row.texts(columns.classes()) : List.of();
    }

    @Override
    public int longestAnswer(SampleRequest request) {
        return maxNewTokens;
    }

    private Sample sample(SampleFile.Row row, SampleRequest request) {
        var facets = new LinkedHashMap<String, Object>();
        row.number(columns.length()).ifPresent(words -> facets.put("length", words)); // no score uses it
        var prompt = prompt(row.text(columns.context()), row.text(columns.input()));
        if (request.limitTokens() > 0) {
            var cut = MiddleCut.of(prompt, request.limitTokens(), request.tokens());
            prompt = cut.prompt();
            facets.put("tokensBeforeCut", cut.tokensBefore());
        }
        return new Sample(name(), category(), id(row), prompt, references(row), classes(row), maxNewTokens, facets);
    }

    /** The prompt of a document and a question, not cut yet. */
    Prompt prompt(String context, String input) {
        return template.fill(context, input, chat);
    }

    /** The official length of an answer in tokens. */
    int maxNewTokens() {
        return maxNewTokens;
    }

    private List<String> references(SampleFile.Row row) {
        var answers = row.texts(columns.answers());
        if (answers.isEmpty()) {
            throw row.error(columns.answers(), "a list with at least one answer");
        }
        switch (definition().metric()) {
            case RETRIEVAL -> requireParagraphs(row, answers, Numbers.ENGLISH, "Paragraph 12");
            case RETRIEVAL_ZH -> requireParagraphs(row, answers, Numbers.CHINESE, "段落12");
            default -> {}
        }
        return answers;
    }

    private void requireParagraphs(SampleFile.Row row, List<String> answers, Numbers form, String example) {
        if (!answers.stream().allMatch(form::namesParagraph)) {
            throw row.error(columns.answers(), "a list of answers such as '" + example + "'");
        }
    }

    @Override
    public double score(Sample sample, String output) {
        var scored = firstLineOnly ? UnicodeText.firstLine(output) : output;
        return definition().metric().best(scored, sample.references(), sample.allClasses());
    }
}
