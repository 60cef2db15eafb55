package io.hayloft.tasks.generated;

import io.hayloft.tasks.SeededRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;

/** Depth-first walks through a building of rooms: where one stands after each step, and how deep. */
record TreeWalk(TaskData data) implements Generator {
    /** Rooms whose doors lead on; those without lead nowhere. */
    private record Room(String name, List<Room> doors) {}

    @Override
    public int fewestUnits() {
        return data.number("rooms");
    }

    /** Units are rooms, in buildings that have nothing to do with one another; the walk is in the first one. */
    @Override
    public Drawn draw(int units, int index, SeededRandom random) {
        int size = data.number("rooms");
        var names = TaskData.names(units, random);
        var lines = new ArrayList<String>();
        var entrance = building(names.subList(0, size), lines, random);
        for (int from = size; from < units; from += size) {
            building(names.subList(from, Math.min(units, from + size)), lines, random);
        }
        var sizes = data.words("steps");
        int steps = Integer.parseInt(sizes.get(index % sizes.size()));
        var question = data.text("question", steps, entrance.name()) + data.text("state", 0, entrance.name(), 0) + "\n";
        var document = String.join("\n", random.shuffled(lines));
        return new Drawn(data.instruction(), document, question, walk(entrance, steps)).with("steps", steps);
    }

    /** Rooms that hang together; those drawn late hang on late ones more often, so that the building is deep. */
    private Room building(List<String> names, List<String> lines, SeededRandom random) {
        var rooms = new ArrayList<Room>();
        for (var name : names) {
            var room = new Room(name, new ArrayList<>());
            if (!rooms.isEmpty()) {
                var open = rooms.stream()
                        .filter(one -> one.doors().size() < data.number("doors"))
                        .toList();
                int newest = Math.min(open.size(), data.number("newest"));
                open.get(open.size() - 1 - random.nextInt(newest)).doors().add(room);
            }
            rooms.add(room);
        }
        for (var room : rooms) {
            var doors = room.doors().stream().map(Room::name).toList();
            lines.add(
                    doors.isEmpty()
                            ? data.text("leaf", room.name())
                            : data.text("doors", room.name(), String.join(", ", doors)));
        }
        return rooms.getFirst();
    }

    /** The state after each step: into the first room not yet entered, else back through the door one came from. */
    private List<String> walk(Room entrance, int steps) {
        var states = new ArrayList<String>();
        var path = new ArrayDeque<Room>(List.of(entrance));
        var entered = new HashMap<String, Integer>();
        while (states.size() < steps) {
            var room = path.getLast();
            int next = entered.merge(room.name(), 1, Integer::sum) - 1;
            if (next < room.doors().size()) {
                path.addLast(room.doors().get(next));
            } else {
                path.removeLast();
            }
            states.add(data.text("state", states.size() + 1, path.getLast().name(), path.size() - 1));
        }
        return states;
    }
}
