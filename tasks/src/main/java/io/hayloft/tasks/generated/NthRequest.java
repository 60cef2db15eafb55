package io.hayloft.tasks.generated;

import io.hayloft.tasks.SeededRandom;
import java.util.ArrayList;
import java.util.List;

/** A conversation in which the same thing is asked for eight times, each time with another answer; one of them is recalled. */
record NthRequest(TaskData data) implements Generator {
    private record Exchange(String topic, List<String> note) {}

    @Override
    public int fewestUnits() {
        return data.number("requests") * data.number("sentences");
    }

    /** Units are sentences of answers; what eight requests leave goes into answers about other topics. */
    @Override
    public Drawn draw(int units, int index, SeededRandom random) {
        int requests = data.number("requests");
        int size = data.number("sentences");
        var topics = random.shuffled(data.lines());
        var asked = new ArrayList<Exchange>();
        for (int i = 0; i < requests; i++) {
            asked.add(new Exchange(topics.getFirst(), Prose.different(size, random)));
        }
        var all = new ArrayList<>(asked);
        for (int left = units - requests * size; left > 0; left -= size) {
            var topic = topics.get(1 + random.nextInt(topics.size() - 1));
            all.add(new Exchange(topic, Prose.sentences(Math.min(size, left), random)));
        }
        int number = index % requests;
        var document = new StringBuilder();
        var answers = new ArrayList<List<String>>();
        for (var exchange : random.shuffled(all)) {
            var note = String.join(" ", exchange.note());
            document.append(document.isEmpty() ? "" : "\n\n").append(data.text("exchange", exchange.topic(), note));
            if (exchange.topic().equals(topics.getFirst())) {
                answers.add(exchange.note());
            }
        }
        var question = data.text("question", data.words("ordinals").get(number), topics.getFirst());
        return new Drawn(data.instruction(), document.toString(), question, answers.get(number))
                .with("request", number + 1);
    }
}
