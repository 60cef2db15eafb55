package io.hayloft.tasks.mini;

import io.hayloft.tasks.SeededRandom;
import java.util.ArrayList;
import java.util.List;

/** Constructors with nonsense names; the last one stops after "return name (" and its arguments must follow. */
final class CodeCompletion implements MiniText.Generator {
    private static final int WORDS_OF_FUNCTION = 40;

    private record Function(List<String> head, List<String> tail) {}

    @Override
    public MiniText generate(int length, SeededRandom random) {
        int words = length - MiniText.QUESTION_ROOM;
        var context = new ArrayList<String>();
        while (context.size() < words - WORDS_OF_FUNCTION) {
            var function = function(random);
            context.addAll(function.head());
            context.addAll(function.tail());
        }
        var asked = function(random);
        return new MiniText(context, asked.head(), asked.tail(), List.of());
    }

    private static Function function(SeededRandom random) {
        var nonce = Vocabulary.INSTANCE.words("nonce");
        var name = random.pick(nonce);
        var arguments = random.sample(nonce, 3);
        var a = arguments.get(0);
        var b = arguments.get(1);
        var c = arguments.get(2);
        var head = Phrase.join(
                Phrase.of("def {} ( {} , {} , {} ) :", name, a, b, c),
                Phrase.of("self . {} = {} ; self . {} = {} ; self . {} = {} ;", a, a, b, b, c, c),
                Phrase.of("return {} (", name));
        return new Function(head, Phrase.of("{} , {} , {} ) ; end", a, b, c));
    }
}
