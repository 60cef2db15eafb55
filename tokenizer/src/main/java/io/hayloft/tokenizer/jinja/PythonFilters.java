package io.hayloft.tokenizer.jinja;

import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.filter.Filter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import jinjava.javax.el.ELException;
import org.jspecify.annotations.Nullable;

/** Filters that the library has with other results, or not at all. */
final class PythonFilters {
    /** What a filter does; undefined values are null. */
    private interface Body {
        @Nullable
        Object apply(@Nullable Object value, @Nullable Object[] arguments, Map<String, Object> named);
    }

    private record Named(String name, Body body) implements Filter {
        @Override
        public String getName() {
            return name;
        }

        @Override
        public @Nullable Object filter(
                @Nullable Object value,
                JinjavaInterpreter interpreter,
                @Nullable Object[] arguments,
                Map<String, Object> named) {
            return body.apply(value, arguments, named);
        }

        @Override
        public @Nullable Object filter(
                @Nullable Object value, JinjavaInterpreter interpreter, @Nullable String... arguments) {
            return body.apply(value, arguments, Map.of());
        }
    }

    private PythonFilters() {}

    static List<Filter> all() {
        return List.of(
                new Named("trim", (value, arguments, named) -> trim(value, arguments)),
                new Named("string", (value, arguments, named) -> PythonText.print(value)),
                new Named("title", (value, arguments, named) -> PythonStrings.title(PythonText.print(value))),
                new Named("capitalize", (value, arguments, named) -> PythonStrings.capitalize(PythonText.print(value))),
                new Named("length", (value, arguments, named) -> length(value)),
                new Named("count", (value, arguments, named) -> length(value)),
                new Named("join", (value, arguments, named) -> join(value, arguments, named)),
                new Named("max", (value, arguments, named) -> extreme(value, 1)),
                new Named("min", (value, arguments, named) -> extreme(value, -1)),
                new Named("items", (value, arguments, named) -> items(value)),
                new Named("tojson", PythonFilters::json));
    }

    private static String trim(@Nullable Object value, @Nullable Object[] arguments) {
        var letters = arguments.length > 0 && arguments[0] != null ? arguments[0].toString() : null;
        return PythonStrings.strip(PythonText.print(value), letters, true, true);
    }

    private static long length(@Nullable Object value) {
        return switch (value) {
            case null -> 0;
            case CharSequence text -> text.codePoints().count();
            case Collection<?> list -> list.size();
            case Map<?, ?> map -> map.size();
            case Object[] array -> array.length;
            default -> throw new ELException("length of what is neither text nor list");
        };
    }

    private static String join(@Nullable Object value, @Nullable Object[] arguments, Map<String, Object> named) {
        var between = named.getOrDefault("d", arguments.length > 0 && arguments[0] != null ? arguments[0] : "");
        var attribute =
                named.getOrDefault("attribute", arguments.length > 1 && arguments[1] != null ? arguments[1] : "");
        var parts = new ArrayList<String>();
        for (var item : PythonForTag.items(value)) {
            var part = attribute.equals("") || !(item instanceof Map<?, ?> map) ? item : map.get(attribute);
            parts.add(part == null ? "None" : PythonText.print(part));
        }
        return String.join(between.toString(), parts);
    }

    /** @param sign 1 for the greatest, -1 for the least */
    private static @Nullable Object extreme(@Nullable Object value, int sign) {
        Object best = null;
        for (var item : PythonForTag.items(value)) {
            if (item != null && (best == null || sign * compare(item, best) > 0)) {
                best = item;
            }
        }
        return best;
    }

    private static int compare(Object a, Object b) {
        return a instanceof Number x && b instanceof Number y
                ? Double.compare(x.doubleValue(), y.doubleValue())
                : a.toString().compareTo(b.toString());
    }

    private static Object items(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? new ArrayList<>(map.entrySet()) : List.of();
    }

    private static String json(@Nullable Object value, @Nullable Object[] arguments, Map<String, Object> named) {
        var indent = named.containsKey("indent") ? named.get("indent") : arguments.length > 0 ? arguments[0] : null;
        int width = switch (indent) {
            case null -> -1;
            case Number n -> n.intValue();
            default -> Integer.parseInt(indent.toString());
        };
        return PythonJson.write(value, width);
    }
}
