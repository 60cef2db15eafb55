package io.hayloft.tasks.generated;

import static java.util.Map.entry;

import io.hayloft.base.UserError;
import io.hayloft.tasks.Sample;
import io.hayloft.tasks.SampleRequest;
import io.hayloft.tasks.Samples;
import io.hayloft.tasks.SeededRandom;
import io.hayloft.tasks.StopRule;
import io.hayloft.tasks.TokenCounter;
import io.hayloft.tasks.definition.DefinedTask;
import io.hayloft.tasks.definition.Definition;
import io.hayloft.tasks.needle.Haystack;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A task whose texts a generator draws to the wanted length; its generator takes wording, sizes and words from the
 * task file.
 */
public final class GeneratedTask extends DefinedTask {
    private static final int USUAL_LENGTH = 4096;
    private static final int USUAL_COUNT = 10;

    /** Samples whose answers are measured before a run: as many as any cycle of depths, sizes and orders has. */
    private static final int MEASURED = 30;

    /** Of these so many are of about the wanted length: line numbers in them have as many digits as in the samples. */
    private static final int MEASURED_LONG = 3;

    private static final int TOKENS_OF_UNIT = 12;

    /** Room in an answer for other words, beside an eighth of its tokens. */
    private static final int EXTRA_TOKENS = 8;

    /** The generators of texts, by their names in task files. */
    private static final Map<String, Function<TaskData, Generator>> TEXTS = Map.ofEntries(
            entry("recite", Recite::new),
            entry("table", Table::new),
            entry("numbered-list", NumberedList::new),
            entry("running-sums", RunningSums::new),
            entry("tree-walk", TreeWalk::new),
            entry("key-values", KeyValues::new),
            entry("prefix-suffix", PrefixSuffix::new),
            entry("variables", Variables::new),
            entry("counting", Counting::new),
            entry("flipped-labels", FlippedLabels::new),
            entry("nth-request", NthRequest::new),
            entry("other-words", OtherWords::new),
            entry("instructions", InstructionRules::new));

    private final TaskData data;
    private final Generator generator;

    /** The task of a definition whose parameter {@code text} names what it draws. */
    public GeneratedTask(Definition definition) {
        super(definition);
        this.data = TaskData.of(definition);
        this.generator = definition.parameters().choice("text", TEXTS).apply(data);
        if (definition.folder() != null) {
            tryOut(definition);
        }
    }

    /** Draws once, so that a user hears of wrong parameters before a run begins. */
    private void tryOut(Definition definition) {
        try {
            generator.draw(generator.fewestUnits(), 0, new SeededRandom(name()));
        } catch (UserError e) {
            throw definition.fields().place("parameters").error(e);
        } catch (RuntimeException e) {
            var how = "its generator cannot draw a text from these parameters: compare with the task it is made from";
            throw new UserError(definition.fields().place("parameters") + ": " + how, e);
        }
    }

    @Override
    public StopRule stop() {
        return data.oneLine() ? new StopRule(true, 1) : StopRule.END_OF_SEQUENCE;
    }

    @Override
    public boolean suitedTo(TokenCounter tokens) {
        return Haystack.INSTANCE.isReadableBy(tokens);
    }

    /** The parts that all samples of a request share. */
    private record Fixed(int length, long seed, int mostAnswerTokens, Fitting fitting) {}

    @Override
    public Samples open(SampleRequest request) {
        int length = request.length() == 0 ? USUAL_LENGTH : request.length();
        int count = request.count() == 0 ? USUAL_COUNT : request.count();
        if (length < data.shortest()) {
            throw new UserError(
                    name() + ": " + length + " tokens are too few: ask for " + data.shortest() + " or more");
        }
        if (request.limitTokens() > 0 && length > request.limitTokens()) {
            throw new UserError(name() + ": a length of " + length + " tokens is above the limit of "
                    + request.limitTokens() + ": ask for shorter prompts");
        }
        var fitting = new Fitting(name(), generator, data.chat(), request.tokens());
        var fixed = new Fixed(length, request.seed(), longestAnswer(request), fitting);
        return Samples.of(count, index -> sample(fixed, index, request.tokens()));
    }

    private Sample sample(Fixed fixed, int index, TokenCounter tokens) {
        var fitted = fixed.fitting().fit(fixed.length(), index, random(fixed.seed(), fixed.length(), index));
        var drawn = fitted.drawn();
        var facets = new LinkedHashMap<String, Object>();
        facets.put("length", fixed.length());
        facets.putAll(drawn.facets());
        return new Sample(
                name(),
                category(),
                name() + "-" + fixed.length() + "-" + fixed.seed() + "-" + index,
                fitted.prompt(),
                drawn.answers(),
                List.of(),
                Math.min(answerTokens(drawn, tokens), fixed.mostAnswerTokens()),
                facets);
    }

    private Fitting.Start random(long seed, int length, int index) {
        return () -> new SeededRandom(name(), length, seed, index);
    }

    private int answerTokens(Drawn drawn, TokenCounter tokens) {
        int answer = tokens.count(String.join("\n", drawn.answers()));
        return answer + answer / 8 + data.number("extra", EXTRA_TOKENS);
    }

    /** The most tokens of the answers to many short texts and to a few of about the wanted length; no answer gets more. */
    @Override
    public int longestAnswer(SampleRequest request) {
        int length = request.length() == 0 ? USUAL_LENGTH : request.length();
        int most = 0;
        for (int index = 0; index < MEASURED; index++) {
            int units = index < MEASURED_LONG ? length / TOKENS_OF_UNIT : 0;
            var random = new SeededRandom(name(), index);
            var drawn = generator.draw(Math.max(units, generator.fewestUnits()), index, random);
            most = Math.max(most, answerTokens(drawn, request.tokens()));
        }
        return most + most / 8;
    }

    @Override
    public double score(Sample sample, String output) {
        return definition().metric().best(output, sample.references(), List.of());
    }
}
