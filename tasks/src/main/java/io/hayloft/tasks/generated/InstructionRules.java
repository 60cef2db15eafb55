package io.hayloft.tasks.generated;

import io.hayloft.tasks.Prompt;
import io.hayloft.tasks.SeededRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A secret, a rule of format and a persona in a system message, in each order in turn; a question about a text in the user's
 * message asks for the secret, too.
 */
record InstructionRules(TaskData data) implements Generator {
    /** All orders of the three rules. */
    private static final List<List<String>> ORDERS = List.of(
            List.of("secret", "format", "persona"),
            List.of("persona", "secret", "format"),
            List.of("format", "persona", "secret"),
            List.of("secret", "persona", "format"),
            List.of("format", "secret", "persona"),
            List.of("persona", "format", "secret"));

    private static final int SECRETS = 1_000_000;
    private static final int MARKS = 10_000;

    @Override
    public int fewestUnits() {
        return 1;
    }

    /** Units are sentences of the text. */
    @Override
    public Drawn draw(int units, int index, SeededRandom random) {
        var secret = String.format(Locale.ROOT, "%06d", random.nextInt(SECRETS));
        var mark = data.text("mark", String.format(Locale.ROOT, "%04d", random.nextInt(MARKS)));
        var persona = random.pick(data.words("titles")) + " " + random.pick(data.words("surnames"));
        var rules = Map.of(
                "secret", data.text("secret", secret),
                "format", data.text("format", mark),
                "persona", data.text("persona", persona));
        var order = ORDERS.get(index % ORDERS.size());
        var instruction = new StringBuilder(data.text("begin"));
        var spans = new ArrayList<Prompt.Span>();
        for (var rule : order) {
            int from = instruction.length();
            instruction.append(rules.get(rule));
            spans.add(new Prompt.Span(rule, from, instruction.length()));
            instruction.append('\n');
        }
        instruction.append('\n');
        var thing = TaskData.names(1, random).getFirst();
        var hider = random.pick(data.words("hiders"));
        var sentences = Prose.sentences(units, random);
        sentences.add(Depths.place(index, units + 1), data.text("fact", hider, thing));
        var document = data.text("text") + Prose.paragraphs(sentences);
        return new Drawn(
                        instruction.toString(),
                        document,
                        data.text("question", hider),
                        List.of(mark, persona, thing, secret))
                .with("order", String.join(", ", order))
                .with("depth", Depths.of(index))
                .with(spans)
                .withSystemMessage();
    }
}
