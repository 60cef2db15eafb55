package io.hayloft.tasks.mini;

import io.hayloft.base.UserError;
import io.hayloft.tasks.Prompt;
import io.hayloft.tasks.Sample;
import io.hayloft.tasks.SampleRequest;
import io.hayloft.tasks.Samples;
import io.hayloft.tasks.SeededRandom;
import io.hayloft.tasks.TokenCounter;
import io.hayloft.tasks.definition.DefinedTask;
import io.hayloft.tasks.definition.Definition;
import io.hayloft.tasks.metric.Words;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * Several questions about one generated context of people, their companies and where these are: five that stand alone, or
 * three turns of a conversation, of which the second asks about the answer to the first. Samples of a context have its name
 * in the facet {@code context}.
 */
public final class ContextTask extends DefinedTask {
    private static final int QUESTIONS = 5;
    private static final int TURNS = 3;
    private static final int USUAL_LENGTH = 1024;
    private static final int USUAL_CONTEXTS = 4;
    private static final int SHORTEST_LENGTH = 192;
    private static final int FEWEST_WORDS = 96;

    private final boolean conversation;

    /** The task of a definition whose parameter {@code turns} says whether it is a conversation. */
    public ContextTask(Definition definition) {
        super(definition);
        this.conversation = definition.parameters().flag("turns", false);
    }

    /** A context with its questions and answers; each answer is what must follow its question. */
    private record Asked(String context, List<String> questions, List<String> answers) {
        String text() {
            return context + String.join("", questions) + " " + String.join(" ", answers);
        }
    }

    @Override
    public boolean suitedTo(TokenCounter tokens) {
        var text = generate(SHORTEST_LENGTH, new SeededRandom(name())).text();
        return Words.of(tokens.decode(tokens.encode(text))).equals(Words.of(text));
    }

    @Override
    public boolean isConversation() {
        return conversation;
    }

    private int questions() {
        return conversation ? TURNS : QUESTIONS;
    }

    @Override
    public Samples open(SampleRequest request) {
        int length = request.length() == 0 ? USUAL_LENGTH : request.length();
        int count = request.count() == 0 ? USUAL_CONTEXTS * questions() : request.count();
        if (length < SHORTEST_LENGTH || (request.limitTokens() > 0 && length > request.limitTokens())) {
            throw new UserError(name() + ": " + length + " tokens: ask for " + SHORTEST_LENGTH
                    + " or more, and no more than the limit");
        }
        return Samples.of(count, index -> sample(length, request.seed(), index, request.tokens()));
    }

    private Sample sample(int length, long seed, int index, TokenCounter tokens) {
        int number = index / questions();
        int question = index % questions();
        var asked = fitting(length, seed, number, tokens);
        var answer = asked.answers().get(question);
        var earlier = conversation ? asked.questions().subList(0, question) : List.<String>of();
        var facets = new LinkedHashMap<String, Object>();
        facets.put("length", length);
        facets.put("context", name() + "-" + length + "-" + seed + "-" + number);
        facets.put(conversation ? "turn" : "question", question);
        return new Sample(
                name(),
                category(),
                name() + "-" + length + "-" + seed + "-" + number + "-" + question,
                new Prompt("", asked.context(), asked.questions().get(question), false, earlier),
                List.of(answer),
                List.of(),
                longest(asked, tokens),
                facets);
    }

    /** All turns of a conversation may be as long as its longest answer, so that each is the same whichever comes last. */
    private static int longest(Asked asked, TokenCounter tokens) {
        int most = 0;
        for (var answer : asked.answers()) {
            most = Math.max(most, Math.max(Words.of(answer).size(), tokens.count(" " + answer)));
        }
        return most;
    }

    private Asked fitting(int length, long seed, int number, TokenCounter tokens) {
        for (int words = length; words >= FEWEST_WORDS; ) {
            var asked = generate(words, new SeededRandom(name(), length, seed, number));
            int have = 1 + tokens.count(asked.text());
            if (have <= length) {
                return asked;
            }
            words = Math.min(words - 1, (int) ((long) words * length / have));
        }
        throw new UserError(
                name() + ": " + length + " tokens are too few with the tokenizer of this model: ask for more");
    }

    private Asked generate(int length, SeededRandom random) {
        var jobs = MultiDocument.jobs(QUESTIONS + length / 512, random);
        var facts = new ArrayList<List<String>>();
        for (var job : jobs) {
            facts.add(job.worksFor());
            facts.add(job.isLocated());
        }
        int words = length - 2 * MiniText.QUESTION_ROOM;
        var filler = Filler.sentences(Filler.wordsBeside(facts, words), random);
        var context = Filler.weave(facts, MultiDocument.documents(filler, words), false, random);
        var questions = new ArrayList<String>();
        var answers = new ArrayList<String>();
        for (var job : random.sample(jobs, conversation ? 2 : QUESTIONS)) {
            questions.add(text(Phrase.join(Phrase.of("Recall :"), job.person(), Phrase.of("works for"))));
            answers.add(String.join(" ", job.company()));
            if (conversation && questions.size() == 1) {
                questions.add(text(Phrase.of(", located in"))); // in it: the company that the model has just named
                answers.add(String.join(" ", job.place()));
            }
        }
        return new Asked(String.join(" ", context), questions, answers);
    }

    private static String text(List<String> words) {
        return " " + String.join(" ", words);
    }

    /** As in the mini suite, the first words count, as many as the answer has. */
    @Override
    public double score(Sample sample, String output) {
        var reference = sample.references().getFirst();
        var words = Words.of(output);
        var counted = words.subList(0, Math.min(Words.of(reference).size(), words.size()));
        return definition().metric().score(String.join(" ", counted), reference, List.of());
    }
}
