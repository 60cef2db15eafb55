package io.hayloft.formats.checkpoint;

import io.hayloft.base.FileError;
import io.hayloft.base.UserError;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Named values of a config.json or of GGUF metadata, read with a demand: a value of another kind or range is a
 * {@link UserError} that names file and field. A field that is null counts as absent.
 */
final class Fields {
    private final String source;
    private final String prefix;
    private final Map<String, ?> values;
    private final Map<String, String> aliases;

    /**
     * @param source what to call the file in messages
     * @param prefix goes before each name: {@code "llama."} in GGUF metadata
     */
    Fields(String source, String prefix, Map<String, ?> values) {
        this(source, prefix, values, Map.of());
    }

    private Fields(String source, String prefix, Map<String, ?> values, Map<String, String> aliases) {
        this.source = source;
        this.prefix = prefix;
        this.values = values;
        this.aliases = aliases;
    }

    /**
     * The same values for a reader that knows some by other names.
     *
     * @param names the name that the file has for each name of the reader; the reader's own is understood, too
     */
    Fields calledIn(Map<String, String> names) {
        return new Fields(source, prefix, values, names);
    }

    /** The name of a value as the file has it. */
    private String key(String name) {
        var alias = aliases.get(name);
        boolean ownNameOnly = values.containsKey(prefix + name) && !values.containsKey(prefix + alias);
        return prefix + (alias == null || ownNameOnly ? name : alias);
    }

    String source() {
        return source;
    }

    /** The same values under another prefix. */
    Fields under(String otherPrefix) {
        return new Fields(source, otherPrefix, values);
    }

    /** These fields, and the given ones where these are silent. */
    Fields or(Map<String, ?> defaults) {
        var all = new LinkedHashMap<String, @Nullable Object>();
        defaults.forEach((name, value) -> all.put(prefix + name, value));
        all.putAll(values);
        return new Fields(source, prefix, all, aliases);
    }

    /** The names of all fields that begin with the prefix, without it. */
    List<String> names() {
        return values.keySet().stream()
                .filter(name -> name.startsWith(prefix))
                .map(name -> name.substring(prefix.length()))
                .toList();
    }

    boolean has(String name) {
        return value(name) != null;
    }

    /** Whether the field is neither absent nor null, false, 0 or an empty text, list or object. */
    boolean isOn(String name) {
        return switch (value(name)) {
            case null -> false;
            case Boolean flag -> flag;
            case Number number -> number.doubleValue() != 0;
            case String text -> !text.isEmpty();
            case List<?> list -> !list.isEmpty();
            case Map<?, ?> map -> !map.isEmpty();
            default -> true;
        };
    }

    /** Whether the field is present, even if it is null. */
    boolean mentions(String name) {
        return values.containsKey(key(name));
    }

    private @Nullable Object value(String name) {
        return values.get(key(name));
    }

    private Object required(String name) {
        var value = value(name);
        if (value == null) {
            throw error("field '" + key(name) + "' is missing");
        }
        return value;
    }

    /** A whole number from 1; a list counts as its element when all are equal, as GGUF stores sizes per layer. */
    int positive(String name) {
        var value = required(name);
        if (value instanceof List<?> list && !list.isEmpty()) {
            value = list.getFirst();
            for (var element : list) {
                if (!element.equals(value)) {
                    throw error("field '" + key(name) + "' differs between layers, which is not supported");
                }
            }
        }
        return whole(name, value, 1);
    }

    /** A whole number from 1 for each layer, whether the file has one for all or a list. */
    int[] positives(String name, int layers) {
        var numbers = new int[layers];
        if (!(required(name) instanceof List<?> list)) {
            Arrays.fill(numbers, positive(name));
            return numbers;
        }
        if (list.size() != layers) {
            throw error("field '" + key(name) + "' has " + list.size() + " entries for " + layers + " layers");
        }
        for (int i = 0; i < layers; i++) {
            numbers[i] = whole(name, list.get(i), 1);
        }
        return numbers;
    }

    int positive(String name, int fallback) {
        return has(name) ? positive(name) : fallback;
    }

    /** A whole number from 0. */
    int whole(String name, int fallback) {
        return has(name) ? whole(name, required(name), 0) : fallback;
    }

    private int whole(String name, @Nullable Object value, long least) {
        long number = wholeOrMinus1(value);
        if (number >= least && number <= Integer.MAX_VALUE) {
            return (int) number;
        }
        throw wrong(name, "a whole number from " + least, value);
    }

    /** JSON gives Integer or Long, GGUF Long; what is larger is not a size or count. */
    private static long wholeOrMinus1(@Nullable Object value) {
        return value instanceof Integer || value instanceof Long ? ((Number) value).longValue() : -1;
    }

    double number(String name) {
        return finite(name, required(name));
    }

    double number(String name, double fallback) {
        return has(name) ? number(name) : fallback;
    }

    private double finite(String name, @Nullable Object value) {
        if (value instanceof Number number && Double.isFinite(number.doubleValue())) {
            return number.doubleValue();
        }
        throw wrong(name, "a number", value);
    }

    boolean flag(String name, boolean fallback) {
        var value = value(name);
        if (value == null) {
            return fallback;
        }
        if (value instanceof Boolean flag) {
            return flag;
        }
        throw wrong(name, "true or false", value);
    }

    /** A value as text, shortened. */
    String shown(String name) {
        return shortened(String.valueOf(value(name)));
    }

    private static String shortened(String text) {
        return text.length() > 60 ? text.substring(0, 60) + "..." : text;
    }

    /** Whether the field is present and a text. */
    boolean isText(String name) {
        return value(name) instanceof String;
    }

    String text(String name) {
        if (required(name) instanceof String text) {
            return text;
        }
        throw wrong(name, "a text", value(name));
    }

    String text(String name, String fallback) {
        return has(name) ? text(name) : fallback;
    }

    /** Token ids: one number, a list, or nothing. An id of -1, in 32 bits 2^32 - 1, is none. */
    List<Integer> ids(String name) {
        var value = value(name);
        if (value == null) {
            return List.of();
        }
        var ids = new ArrayList<Integer>();
        for (var element : value instanceof List<?> list ? list : List.of(value)) {
            boolean none = element instanceof Number number
                    && (wholeOrMinus1(number) == 0xFFFF_FFFFL || number.equals(-1) || number.equals(-1L));
            if (!none) {
                ids.add(whole(name, element, 0));
            }
        }
        return ids;
    }

    /** A yes or no for each layer, as true and false or as 1 and 0. */
    List<Boolean> flags(String name, int layers) {
        var list = list(name);
        if (list.size() != layers) {
            throw error("field '" + key(name) + "' has " + list.size() + " entries for " + layers + " layers");
        }
        var flags = new ArrayList<Boolean>();
        for (var element : list) {
            flags.add(element instanceof Boolean flag ? flag : whole(name, element, 0) > 0);
        }
        return flags;
    }

    boolean isList(String name) {
        return value(name) instanceof List;
    }

    /** A list of numbers. */
    List<Double> numbers(String name) {
        var numbers = new ArrayList<Double>();
        for (var element : list(name)) {
            numbers.add(finite(name, element));
        }
        return numbers;
    }

    /** A list of numbers that may be infinite: as a bare Infinity, or in an object, as transformers 5 writes it. */
    List<Double> limits(String name) {
        var numbers = new ArrayList<Double>();
        for (var element : list(name)) {
            var value = element instanceof Map<?, ?> map ? map.get("__float__") : element;
            if (value instanceof Number number && !Double.isNaN(number.doubleValue())) {
                numbers.add(number.doubleValue());
            } else if ("Infinity".equals(value)) {
                numbers.add(Double.POSITIVE_INFINITY);
            } else {
                throw wrong(name, "a list of numbers", element);
            }
        }
        return numbers;
    }

    /** A list of texts. */
    List<String> texts(String name) {
        var texts = new ArrayList<String>();
        for (var element : list(name)) {
            if (!(element instanceof String text)) {
                throw wrong(name, "a list of texts", element);
            }
            texts.add(text);
        }
        return texts;
    }

    /** A list of whole numbers from 0, such as a shape. */
    long[] wholes(String name) {
        var list = list(name);
        var numbers = new long[list.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = wholeOrMinus1(list.get(i));
            if (numbers[i] < 0) {
                throw wrong(name, "a list of whole numbers from 0", list.get(i));
            }
        }
        return numbers;
    }

    private List<?> list(String name) {
        if (required(name) instanceof List<?> list) {
            return list;
        }
        throw wrong(name, "a list", value(name));
    }

    /** A nested object; empty if absent. */
    Optional<Fields> object(String name) {
        var value = value(name);
        if (value == null) {
            return Optional.empty();
        }
        if (!(value instanceof Map<?, ?> map)) {
            throw wrong(name, "an object", value);
        }
        var nested = new LinkedHashMap<String, @Nullable Object>();
        map.forEach((key, element) -> nested.put(prefix + name + "." + key, element));
        return Optional.of(new Fields(source, prefix + name + ".", nested));
    }

    private UserError wrong(String name, String expected, @Nullable Object value) {
        var text = String.valueOf(value);
        return error("field '" + key(name) + "' must be " + expected + ", not " + shortened(text));
    }

    /** The same error, with the name of the file in its message. */
    UserError located(UserError e) {
        var message = String.valueOf(e.getMessage());
        return message.startsWith(source) ? e : FileError.of(source, message, e);
    }

    UserError error(String message) {
        return FileError.of(source, message);
    }
}
