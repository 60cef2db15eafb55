package io.hayloft.tasks.ruler;

import io.hayloft.tasks.needle.Haystack;
import io.hayloft.tasks.ruler.RulerSettings.Dataset;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.AbstractList;
import java.util.List;
import java.util.Objects;

/** Inputs of our own: the prose of the needle tasks, word lists from resources, generated questions. */
final class OwnInputs implements RulerInputs.Origin {
    @Override
    public String haystack() {
        return Haystack.INSTANCE.text();
    }

    @Override
    public List<String> words(String list) {
        return lines(list + ".txt");
    }

    /** Compounds: every noun in front of every noun, made when they are asked for. */
    @Override
    public List<String> moreWords() {
        var nouns = words("nouns");
        return new AbstractList<>() {
            @Override
            public String get(int index) {
                return nouns.get(index / nouns.size()) + nouns.get(index % nouns.size());
            }

            @Override
            public int size() {
                return nouns.size() * nouns.size();
            }
        };
    }

    @Override
    public QuestionSet questions(Dataset dataset) {
        var towns = new OwnQuestions(words("nouns"));
        return dataset == Dataset.SQUAD ? towns.single() : towns.twofold();
    }

    private static List<String> lines(String resource) {
        try (var stream = OwnInputs.class.getResourceAsStream(resource)) {
            return new String(Objects.requireNonNull(stream).readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
