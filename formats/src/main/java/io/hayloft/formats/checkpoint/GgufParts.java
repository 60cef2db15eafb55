package io.hayloft.formats.checkpoint;

import io.hayloft.base.FileError;
import io.hayloft.base.UserError;
import io.hayloft.formats.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Opens GGUF files, joining the parts that {@code llama-gguf-split} writes: {@code NAME-00001-of-00003.gguf} and so on.
 * Each part has tensors of its own; the metadata are in the first.
 */
final class GgufParts {
    private static final int MOST_PARTS = 99_999;

    /** The description of a part in its file: its place from 0, and how many there are. */
    private record Place(int number, int count) {}

    private final List<Path> paths = new ArrayList<>();
    private final List<MappedFile> mapped = new ArrayList<>();
    private final List<MemorySegment> content = new ArrayList<>();
    private final Map<String, Object> metadata = new LinkedHashMap<>();
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();
    private final Map<String, String> unread = new LinkedHashMap<>();

    private GgufParts() {}

    /**
     * Opens a file, and all others if it is a part of a model.
     *
     * @throws UserError if a part is missing, or anything in one is wrong
     */
    static GgufFile open(Path path) {
        var parts = new GgufParts();
        try {
            var read = parts.map(path);
            var place = place(path, read);
            return place.count <= 1
                    ? new GgufFile(path.toString(), parts.paths, parts.content, read, parts::close)
                    : parts.join(path, place);
        } catch (RuntimeException | Error e) {
            parts.close();
            throw e;
        }
    }

    private GgufReader.Content map(Path path) {
        var file = MappedFile.open(path);
        paths.add(path);
        mapped.add(file);
        content.add(file.bytes());
        return GgufReader.read(path.toString(), file.bytes());
    }

    private static Place place(Path path, GgufReader.Content read) {
        var fields = new Fields(path.toString(), "", read.metadata());
        int count = fields.whole("split.count", 1);
        int number = fields.whole("split.no", 0);
        if (count > MOST_PARTS || (count > 1 && number >= count)) {
            throw fields.error("calls itself part " + (number + 1L) + " of " + count + ", which cannot be");
        }
        return new Place(number, count);
    }

    private GgufFile join(Path given, Place place) {
        var ending = ending(place.number, place.count);
        var name = String.valueOf(given.getFileName());
        if (!name.endsWith(ending)) {
            throw FileError.of(
                    given.toString(),
                    "is part " + (place.number + 1) + " of " + place.count
                            + " of a split model, whose others are found by name: its own must end with '" + ending
                            + "'");
        }
        var stem = name.substring(0, name.length() - ending.length());
        close(); // the parts are mapped again, from the first
        for (int number = 0; number < place.count; number++) {
            var path = given.resolveSibling(stem + ending(number, place.count));
            if (!Files.exists(path)) {
                throw FileError.of(
                        given.toString(),
                        "is part " + (place.number + 1) + " of " + place.count + " of a split model; part "
                                + (number + 1) + " is missing: put " + path.getFileName() + " beside it");
            }
            add(path, new Place(number, place.count));
        }
        var first = given.resolveSibling(stem + ending(0, place.count)).toString();
        checkTensorCount(first);
        metadata.keySet().removeIf(key -> key.startsWith("split."));
        return new GgufFile(first, paths, content, new GgufReader.Content(metadata, tensors, unread), this::close);
    }

    private static String ending(int number, int count) {
        return String.format(Locale.ROOT, "-%05d-of-%05d.gguf", number + 1, count);
    }

    private void add(Path path, Place expected) {
        var read = map(path);
        if (!place(path, read).equals(expected)) {
            throw FileError.of(
                    path.toString(),
                    "is not part " + (expected.number + 1) + " of " + expected.count
                            + " that its name promises: the parts are of different models");
        }
        read.metadata().forEach(metadata::putIfAbsent);
        unread.putAll(read.unread());
        read.tensors().forEach((name, tensor) -> {
            if (tensors.put(name, tensor) != null) {
                throw FileError.of(path.toString(), "tensor '" + name + "' is in an earlier part, too");
            }
        });
    }

    private void checkTensorCount(String first) {
        int found = tensors.size() + unread.size();
        int expected = new Fields(first, "", metadata).whole("split.tensors.count", found);
        if (found != expected) {
            throw FileError.of(
                    first,
                    "belongs to a model of " + expected + " tensors, but its parts hold " + found
                            + ": the parts are of different models");
        }
    }

    private void close() {
        mapped.forEach(MappedFile::close);
        mapped.clear();
        paths.clear();
        content.clear();
    }
}
