package io.hayloft.tasks.longbench;

import io.hayloft.base.UserError;
import io.hayloft.tasks.Category;
import io.hayloft.tasks.Prompt;
import io.hayloft.tasks.Sample;
import io.hayloft.tasks.SampleRequest;
import io.hayloft.tasks.Samples;
import io.hayloft.tasks.Task;
import io.hayloft.tasks.TokenCounter;
import io.hayloft.tasks.metric.Choice;
import io.hayloft.tasks.metric.Metric;
import io.hayloft.tasks.metric.UnicodeText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * LongBench v2: multiple-choice questions about long texts, answered at once. {@code longbench-v2-no-context} asks the same
 * questions without the text.
 */
public final class ChoiceTask implements Task {
    /** The rows of both tasks. */
    private static final String FILE = "longbench-v2";

    private static final String DOCUMENT = "$DOC$";
    private static final List<String> FIELDS = List.of("question", "choice_A", "choice_B", "choice_C", "choice_D");
    private static final List<String> MARKS = List.of("$Q$", "$C_A$", "$C_B$", "$C_C$", "$C_D$");
    private static final int MAX_NEW_TOKENS = 128;

    private final String name;
    private final boolean withContext;
    private final String template;

    private ChoiceTask(String name, boolean withContext, String templateFile) {
        this.name = name;
        this.withContext = withContext;
        try (var resource = ChoiceTask.class.getResourceAsStream(templateFile)) {
            this.template = new String(Objects.requireNonNull(resource).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Both tasks. */
    public static List<Task> all() {
        return List.of(
                new ChoiceTask(FILE, true, "choice.txt"),
                new ChoiceTask(FILE + "-no-context", false, "choice-no-context.txt"));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Category category() {
        return Category.MULTIPLE_CHOICE;
    }

    @Override
    public String description() {
        return withContext
                ? "four choices for a question about a long text"
                : "the same questions without the text: what can be guessed";
    }

    @Override
    public String metric() {
        return Metric.CHOICE.id();
    }

    @Override
    public String version() {
        return "1";
    }

    @Override
    public boolean needsData() {
        return true;
    }

    @Override
    public int longestAnswer(SampleRequest request) {
        return MAX_NEW_TOKENS;
    }

    @Override
    public Samples open(SampleRequest request) {
        var ids = new HashSet<String>();
        var rows = SampleFile.of(FILE, request.data()).rows(request.count(), row -> {
            sample(row, null);
            if (!ids.add(row.text("_id"))) {
                throw new UserError(row.file() + ", line " + row.line() + ": a sample before it has the same _id '"
                        + row.text("_id") + "': remove one");
            }
        });
        return Samples.of(
                rows.size(),
                index -> sample(rows.get(index).read(), request),
                index -> rows.get(index).bytes());
    }

    /** The sample of a row; not cut where no request is given. */
    private Sample sample(SampleFile.Row row, @Nullable SampleRequest request) {
        var answer = row.text("answer");
        if (!Choice.LETTERS.contains(answer)) {
            throw row.error("answer", "one of the letters A, B, C, D");
        }
        var facets = new LinkedHashMap<String, Object>();
        facets.put("difficulty", row.text("difficulty"));
        facets.put("length_group", row.text("length"));
        var prompt = prompt(row.text("context"), FIELDS.stream().map(row::text).toList());
        if (request != null && request.limitTokens() > 0) {
            int before =
                    request.tokens().count(prompt.text()) + request.tokens().startTokens();
            facets.put("tokensBeforeCut", before);
            prompt = cut(prompt, request.limitTokens(), request.tokens());
        }
        return new Sample(
                name, category(), row.text("_id"), prompt, List.of(answer), List.of(), MAX_NEW_TOKENS, facets);
    }

    /**
     * The prompt as the published program fills it: values are trimmed, and put in the place of one mark after the other,
     * so that a later mark inside an earlier value is filled, too.
     *
     * @param values question and the four choices
     */
    Prompt prompt(String context, List<String> values) {
        int mark = template.indexOf(DOCUMENT);
        var instruction = withContext ? template.substring(0, mark) : "";
        var document = withContext ? UnicodeText.strip(context) : "";
        var question = withContext ? template.substring(mark + DOCUMENT.length()) : template;
        for (int i = 0; i < MARKS.size(); i++) {
            var value = UnicodeText.strip(values.get(i));
            document = document.replace(MARKS.get(i), value);
            question = question.replace(MARKS.get(i), value);
        }
        return new Prompt(instruction, document, question, true);
    }

    /**
     * Cuts a prompt of more tokens than the limit: half of them from its beginning, rounded down, and the rest from its end,
     * turned into text together.
     *
     * @param limit the most tokens, BOS token included; 0 cuts nothing
     */
    static Prompt cut(Prompt prompt, int limit, TokenCounter tokens) {
        var ids = tokens.encode(prompt.text());
        int start = tokens.startTokens();
        if (limit == 0 || start + ids.length <= limit) {
            return prompt;
        }
        int head = Math.max(0, limit / 2 - start); // the BOS token is one of the first half; it leaves no text
        int tail = Math.min(ids.length, limit - limit / 2);
        var kept = Arrays.copyOf(ids, head + tail);
        System.arraycopy(ids, ids.length - tail, kept, head, tail);
        var text = tokens.decode(kept);
        var question = text.endsWith(prompt.question())
                ? prompt.question()
                : tokens.decode(Arrays.copyOfRange(ids, ids.length - tail, ids.length));
        if (!text.endsWith(question)) {
            question = text; // characters grew together where the halves meet
        }
        var context = text.substring(0, text.length() - question.length());
        var instruction = context.startsWith(prompt.instruction()) ? prompt.instruction() : "";
        return new Prompt(instruction, context.substring(instruction.length()), question, prompt.chat());
    }

    @Override
    public double score(Sample sample, String output) {
        return Metric.CHOICE.best(output, sample.references(), List.of());
    }
}
