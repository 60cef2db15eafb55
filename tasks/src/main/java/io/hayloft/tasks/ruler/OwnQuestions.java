package io.hayloft.tasks.ruler;

import io.hayloft.tasks.SeededRandom;
import java.util.ArrayList;
import java.util.List;

/**
 * Questions of our own about invented lighthouses, their keepers and their ships: always the same ones. Every name belongs
 * to one thing only, so that each question has one answer.
 */
final class OwnQuestions {
    private static final int LIGHTHOUSES = 320;

    /** Documents of a question that takes two to answer. */
    private static final int DOCUMENTS = 10;

    private static final List<String> BEGINNINGS = List.of(
            "Arn", "Bel", "Cor", "Dun", "Elm", "Far", "Gal", "Hol", "Ister", "Jor", "Kel", "Lum", "Mar", "Nor", "Ost",
            "Pen", "Quar", "Ros", "Sel", "Tor");
    private static final List<String> ENDINGS = List.of(
            "bray", "cliff", "dale", "ey", "ford", "garth", "haven", "inver", "kirk", "lund", "mouth", "ness", "ock",
            "port", "quay", "rock", "sund", "tarn", "wick", "yarrow");
    private static final List<String> FIRST_NAMES = List.of(
            "Agnes",
            "Bruno",
            "Clara",
            "Dorian",
            "Edith",
            "Felix",
            "Greta",
            "Hugo",
            "Ingrid",
            "Jonas",
            "Karla",
            "Leopold",
            "Mathilda",
            "Nils",
            "Olga",
            "Paulina",
            "Quentin",
            "Rosa",
            "Sigmund",
            "Thea");
    private static final List<String> FAMILY_NAMES = List.of(
            "Abel",
            "Brandt",
            "Castell",
            "Drummond",
            "Engel",
            "Frost",
            "Grimsby",
            "Halvorsen",
            "Ivers",
            "Jansson",
            "Kramer",
            "Lindqvist",
            "Moreau",
            "Norling",
            "Osborne",
            "Petrov",
            "Quist",
            "Rasmussen",
            "Sandoval",
            "Thorne");
    private static final List<String> TRADES = List.of(
            "clockmaker", "geologist", "schoolteacher", "shipwright", "botanist", "organist", "surveyor", "bookbinder");

    private final List<Light> lights = new ArrayList<>();

    /** One lighthouse and the facts that its documents state. */
    private record Light(
            String name, String keeper, String trade, int year, int steps, String colour, String ship, String cargo) {
        String about() {
            return "The lighthouse of " + name + " was first lit in " + year + ". Its tower is " + colour + " and has "
                    + steps + " steps. The first keeper was " + keeper + ".";
        }

        String ofShip() {
            return "The " + ship + " was the supply ship of " + name + ". On the first day of each month she brought "
                    + cargo + ", unless ice closed the harbour.";
        }

        String ofKeeper() {
            return keeper + " had worked as a " + trade + " before taking over the lamp of " + name
                    + ", and went on drawing birds in the evenings.";
        }
    }

    OwnQuestions(List<String> nouns) {
        var random = new SeededRandom("questions", 1);
        var names = random.shuffled(pairs(BEGINNINGS, "", ENDINGS));
        var people = random.shuffled(pairs(FIRST_NAMES, " ", FAMILY_NAMES));
        var things = random.shuffled(nouns);
        for (int i = 0; i < LIGHTHOUSES; i++) {
            var ship = things.get(i);
            lights.add(new Light(
                    names.get(i),
                    people.get(i),
                    random.pick(TRADES),
                    1780 + random.nextInt(150),
                    60 + random.nextInt(240),
                    random.pick(List.of("white", "red", "black and white", "grey", "yellow", "red and white")),
                    Character.toUpperCase(ship.charAt(0)) + ship.substring(1),
                    random.pick(List.of("lamp oil", "flour", "letters", "coal", "rope", "hay", "window glass"))));
        }
    }

    private static List<String> pairs(List<String> firsts, String between, List<String> seconds) {
        var pairs = new ArrayList<String>();
        firsts.forEach(first -> seconds.forEach(second -> pairs.add(first + between + second)));
        return pairs;
    }

    /** Questions that one document answers; the documents about one lighthouse belong together. */
    QuestionSet single() {
        var set = new QuestionSet.Builder();
        for (var light : lights) {
            var documents = List.of(light.about(), light.ofShip(), light.ofKeeper());
            set.documents(documents);
            ask(
                    set,
                    documents,
                    0,
                    "Who was the first keeper of the lighthouse of " + light.name() + "?",
                    light.keeper());
            ask(
                    set,
                    documents,
                    0,
                    "In which year was the lighthouse of " + light.name() + " first lit?",
                    "" + light.year());
            ask(set, documents, 1, "What was the name of the supply ship of " + light.name() + "?", light.ship());
            ask(
                    set,
                    documents,
                    2,
                    "What was the work of " + light.keeper() + " before keeping the lamp?",
                    light.trade());
        }
        return set.build();
    }

    private static void ask(QuestionSet.Builder set, List<String> documents, int own, String question, String answer) {
        var others = new ArrayList<>(documents);
        var document = others.remove(own);
        set.question(question, List.of(answer), List.of(document), others);
    }

    /** Questions that two documents answer together, among eight others. */
    QuestionSet twofold() {
        var set = new QuestionSet.Builder();
        var random = new SeededRandom("questions", 2);
        for (int i = 0; i < lights.size(); i++) {
            var light = lights.get(i);
            var documents =
                    new ArrayList<>(List.of(titled(light.ship(), light.ofShip()), titled(light.name(), light.about())));
            for (int j = 1; documents.size() < DOCUMENTS; j++) {
                var other = lights.get((i + j * 7) % lights.size());
                documents.add(titled(other.ship(), other.ofShip()));
                documents.add(titled(other.name(), other.about()));
            }
            var mixed = random.shuffled(documents);
            set.documents(mixed);
            boolean first = i % 2 == 0;
            set.question(
                    first
                            ? "Who was the first keeper of the lighthouse that the " + light.ship() + " supplied?"
                            : "In which year was the lighthouse that the " + light.ship() + " supplied first lit?",
                    List.of(first ? light.keeper() : "" + light.year()),
                    mixed,
                    List.of());
        }
        return set.build();
    }

    private static String titled(String title, String text) {
        return title + "\n" + text;
    }
}
