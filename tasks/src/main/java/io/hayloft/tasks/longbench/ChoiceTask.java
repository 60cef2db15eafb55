package io.hayloft.tasks.longbench;

import io.hayloft.base.UserError;
import io.hayloft.tasks.Prompt;
import io.hayloft.tasks.Sample;
import io.hayloft.tasks.SampleRequest;
import io.hayloft.tasks.Samples;
import io.hayloft.tasks.TokenCounter;
import io.hayloft.tasks.definition.DefinedTask;
import io.hayloft.tasks.definition.Definition;
import io.hayloft.tasks.metric.Choice;
import io.hayloft.tasks.metric.Metric;
import io.hayloft.tasks.metric.UnicodeText;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Multiple-choice questions about long texts, as in LongBench v2, answered at once, or after thoughts of the model in a first
 * call where there is a second template. A template without {@code $DOC$} asks the questions without the text.
 */
public final class ChoiceTask extends DefinedTask {
    private static final String DOCUMENT = "$DOC$";
    private static final List<String> FIELDS = List.of("question", "choice_A", "choice_B", "choice_C", "choice_D");
    private static final List<String> MARKS = List.of("$Q$", "$C_A$", "$C_B$", "$C_C$", "$C_D$");

    private final String template;
    private final String data;
    private final boolean withContext;
    private final int maxNewTokens;
    private final String secondTemplate;
    private final int secondNewTokens;

    /**
     * The task of a definition of the form {@code choices}.
     *
     * @throws UserError if a key is missing or wrong
     */
    public ChoiceTask(Definition definition) {
        super(definition);
        var fields = definition.fields();
        this.template = fields.text("prompt");
        this.withContext = template.contains(DOCUMENT);
        this.data = fields.text("data", definition.name());
        this.maxNewTokens = fields.integer("answer-tokens", 1, 1 << 20);
        this.secondTemplate = fields.text("second-prompt", "");
        this.secondNewTokens = fields.integer("second-answer-tokens", 1, 1 << 20, maxNewTokens);
    }

    @Override
    public String promptForm() {
        return secondTemplate.isEmpty() ? template : template + "\n\nThen, with the reply:\n\n" + secondTemplate;
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
    public int longestAnswer(SampleRequest request) {
        return maxNewTokens;
    }

    @Override
    public Samples open(SampleRequest request) {
        var ids = new HashSet<String>();
        var rows = SampleFile.of(this, data, request.data()).rows(request.count(), row -> {
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
        var values = FIELDS.stream().map(row::text).toList();
        var prompt = prompt(row.text("context"), values);
        if (request != null && request.limitTokens() > 0) {
            int before =
                    request.tokens().count(prompt.text()) + request.tokens().startTokens();
            facets.put("tokensBeforeCut", before);
            prompt = cut(prompt, request.limitTokens(), request.tokens());
        }
        return new Sample(
                name(),
                category(),
                row.text("_id"),
                prompt,
                List.of(answer),
                List.of(),
                maxNewTokens,
                facets,
                second(values));
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

    /** The second call of a question, if the task has one. */
    private Sample.@Nullable SecondCall second(List<String> values) {
        if (secondTemplate.isEmpty()) {
            return null;
        }
        var text = secondTemplate;
        for (int i = 0; i < MARKS.size(); i++) {
            text = text.replace(MARKS.get(i), UnicodeText.strip(values.get(i)));
        }
        return new Sample.SecondCall(text, secondNewTokens);
    }

    /**
     * Cuts a prompt of more tokens than the limit: half of them from its beginning, rounded down, and the rest from its end,
     * turned into text together.
     *
     * @param limit the most tokens, BOS token included; 0 cuts nothing
     */
    public static Prompt cut(Prompt prompt, int limit, TokenCounter tokens) {
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
