package io.hayloft.tasks.mini;

import io.hayloft.tasks.SeededRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Paragraphs that each end with "( Paragraph 3 4 )" in random order: which number follows this sentence? Longer texts
 * have longer paragraphs, since there are only ninety numbers of two digits.
 */
final class Retrieval implements MiniText.Generator {
    private static final int PARAGRAPHS = 80;
    private static final int WORDS_OF_SENTENCE = 11;

    @Override
    public MiniText generate(int length, SeededRandom random) {
        int words = length - MiniText.QUESTION_ROOM;
        var numbers = random.shuffled(IntStream.range(10, 100).boxed().toList());
        var context = new ArrayList<String>();
        var questions = new ArrayList<MiniText>();
        for (int number : numbers) {
            if (context.size() >= words - 12 && !questions.isEmpty()) {
                break;
            }
            var sentences = paragraph(words, random);
            var end = Phrase.of("{} {} )", Integer.toString(number / 10), Integer.toString(number % 10));
            var lastWithMark = Phrase.join(sentences.getLast(), Phrase.of("( Paragraph"));
            sentences.subList(0, sentences.size() - 1).forEach(context::addAll);
            context.addAll(lastWithMark);
            context.addAll(end);
            questions.add(new MiniText(context, Phrase.join(Phrase.of("Recall :"), lastWithMark), end, lastWithMark));
        }
        return random.pick(questions);
    }

    /** One or two sentences in a short text; in a longer one so many that about eighty paragraphs fill it. */
    private static List<List<String>> paragraph(int words, SeededRandom random) {
        int usual = Math.max(1, (int) Math.rint((double) words / PARAGRAPHS / WORDS_OF_SENTENCE));
        int count = 1 + (usual > 1 ? random.nextInt(2 * usual) : random.nextDouble() < 0.4 ? 1 : 0);
        var sentences = new ArrayList<List<String>>();
        for (int i = 0; i < count; i++) {
            sentences.add(Filler.sentence(random));
        }
        return sentences;
    }
}
