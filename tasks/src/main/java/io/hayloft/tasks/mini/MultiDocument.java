package io.hayloft.tasks.mini;

import io.hayloft.tasks.SeededRandom;
import java.util.ArrayList;
import java.util.List;

/**
 * Who works for which company, and where that company is: two facts in different places of a text that is divided into
 * documents. The answer chains both: "Zentro Labs , located in Oban Point ."
 */
final class MultiDocument implements MiniText.Generator {
    private static final int MOST_PEOPLE = 24;

    record Job(List<String> person, List<String> company, List<String> place) {
        List<String> worksFor() {
            return Phrase.join(person, Phrase.of("works for"), company, List.of("."));
        }

        List<String> isLocated() {
            return Phrase.join(company, Phrase.of("is located in"), place, List.of("."));
        }
    }

    @Override
    public MiniText generate(int length, SeededRandom random) {
        var jobs = jobs(Math.min(MOST_PEOPLE, 3 + length / 512), random);
        var facts = new ArrayList<List<String>>();
        for (var job : jobs) {
            facts.add(job.worksFor());
            facts.add(job.isLocated());
        }
        int words = length - MiniText.QUESTION_ROOM;
        var sentences = documents(Filler.sentences(Filler.wordsBeside(facts, words), random), words);
        var context = Filler.weave(facts, sentences, false, random);
        var asked = random.pick(jobs);
        return new MiniText(
                context,
                Phrase.join(Phrase.of("Recall :"), asked.person(), Phrase.of("works for")),
                Phrase.join(asked.company(), Phrase.of(", located in"), asked.place(), List.of(".")),
                asked.worksFor());
    }

    static List<Job> jobs(int count, SeededRandom random) {
        var words = Vocabulary.INSTANCE;
        var companies = random.sample(words.words("company"), count);
        var jobs = new ArrayList<Job>();
        for (var person : SingleDocument.people(count, random)) {
            var company = List.of(companies.get(jobs.size()), words.pick("company-kind", random));
            var place = List.of(words.pick("place", random), words.pick("place-kind", random));
            jobs.add(new Job(person, company, place));
        }
        return jobs;
    }

    /** Puts "Document 1 :" and so on before evenly spaced sentences: two to nine documents. */
    static List<List<String>> documents(List<List<String>> sentences, int words) {
        int documents = Math.clamp(words / 64, 2, 9);
        int step = Math.max(1, sentences.size() / documents);
        var result = new ArrayList<>(sentences);
        for (int i = 0; i < documents && i * step < sentences.size(); i++) {
            var header = Phrase.of("Document {} :", Integer.toString(i + 1));
            result.set(i * step, Phrase.join(header, sentences.get(i * step)));
        }
        return result;
    }
}
