package io.hayloft.engine.tokenizer.jinja;

import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.filter.Filter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
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
            default -> throw new IllegalArgumentException("length of what is neither text nor list");
        };
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
