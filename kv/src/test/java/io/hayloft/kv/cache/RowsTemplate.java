package io.hayloft.kv.cache;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Writes {@link F16Rows}, {@link F32Rows} and {@link PackedRows} from their common template, {@code Rows.java.template}. Run
 * {@link #main} after a change to it; {@link RowsTemplateTest} fails until the classes follow.
 *
 * <p>Lines of a template that begin with # are directives: {@code #for name from to} repeats what follows up to its
 * {@code #end}, counting up or down, with {@code $before} one less; {@code #if name == value} (or !=), {@code #else},
 * {@code #end}. {@code $name} or <code>${name}</code> is replaced by a value.
 */
final class RowsTemplate {
    static final Path SOURCES = Path.of("src/main/java/io/hayloft/kv/cache");

    private final List<String> lines;
    private final StringBuilder out = new StringBuilder();

    private RowsTemplate(List<String> lines) {
        this.lines = lines;
    }

    /** Writes the classes, in the folder of the room. */
    public static void main(String[] args) throws IOException {
        for (var entry : classes().entrySet()) {
            Files.writeString(SOURCES.resolve(entry.getKey()), entry.getValue());
        }
    }

    /** Contents by name of file. */
    static Map<String, String> classes() {
        return Map.of(
                "F16Rows.java", expand("F16", "2L", "MemorySegment m, long at, long rowBytes", "m, at, rowBytes"),
                "F32Rows.java", expand("F32", "4L", "MemorySegment m, long at, long rowBytes", "m, at, rowBytes"),
                "PackedRows.java",
                        expand(
                                "Packed",
                                "4L",
                                "int bits, MemorySegment m, long at, long rowBytes",
                                "bits, m, at, rowBytes"));
    }

    private static String expand(String numbers, String bytes, String parameters, String call) {
        var values = new HashMap<>(Map.of("numbers", numbers, "bytes", bytes, "parameters", parameters, "call", call));
        var template = new RowsTemplate(template());
        template.expand(0, template.lines.size(), values);
        return template.out.toString();
    }

    private static List<String> template() {
        try (var in = RowsTemplate.class.getResourceAsStream("Rows.java.template")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void expand(int from, int to, Map<String, String> values) {
        for (int i = from; i < to; i++) {
            var line = lines.get(i);
            if (line.startsWith("#for ")) {
                int end = end(i);
                repeat(line.split(" "), i + 1, end, values);
                i = end;
            } else if (line.startsWith("#if ")) {
                int end = end(i);
                int otherwise = otherwise(i, end);
                if (holds(line.split(" "), values)) {
                    expand(i + 1, otherwise, values);
                } else {
                    expand(Math.min(end, otherwise + 1), end, values);
                }
                i = end;
            } else {
                out.append(replaced(line, values)).append('\n');
            }
        }
    }

    private void repeat(String[] words, int from, int to, Map<String, String> values) {
        int first = number(words[2], values);
        int last = number(words[3], values);
        int step = first <= last ? 1 : -1;
        for (int n = first; n != last + step; n += step) {
            values.put(words[1], Integer.toString(n));
            values.put("before", Integer.toString(n - 1));
            expand(from, to, values);
        }
        values.remove(words[1]);
    }

    private static int number(String word, Map<String, String> values) {
        return Integer.parseInt(values.getOrDefault(word, word));
    }

    private static boolean holds(String[] words, Map<String, String> values) {
        return words[2].equals("==")
                == Objects.requireNonNull(values.get(words[1])).equals(words[3]);
    }

    /** The line that ends what begins at a line. */
    private int end(int begin) {
        int depth = 0;
        for (int i = begin; ; i++) {
            var line = lines.get(i);
            if (line.startsWith("#for ") || line.startsWith("#if ")) {
                depth++;
            } else if (line.equals("#end") && --depth == 0) {
                return i;
            }
        }
    }

    /** The line of a condition's else; its end if there is none. */
    private int otherwise(int begin, int end) {
        for (int i = begin + 1; i < end; i++) {
            var line = lines.get(i);
            if (line.startsWith("#for ") || line.startsWith("#if ")) {
                i = end(i);
            } else if (line.equals("#else")) {
                return i;
            }
        }
        return end;
    }

    private static String replaced(String line, Map<String, String> values) {
        var result = line;
        for (var value : values.entrySet()) {
            result = result.replace("${" + value.getKey() + "}", value.getValue())
                    .replace("$" + value.getKey(), value.getValue());
        }
        return result;
    }
}
