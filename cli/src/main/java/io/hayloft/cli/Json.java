package io.hayloft.cli;

import java.io.PrintWriter;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Prints values as JSON with snake_case names. */
final class Json {
    private Json() {}

    /** One value on one line, for programs. */
    static void line(PrintWriter out, Object value) {
        out.println(text(value));
    }

    /** One value without line breaks. */
    static String text(Object value) {
        return mapper(false).writeValueAsString(value);
    }

    /** A value on many lines, for people and programs. */
    static void pretty(PrintWriter out, Object value) {
        out.println(mapper(true).writeValueAsString(value));
    }

    private static JsonMapper mapper(boolean indented) {
        return JsonMapper.builder()
                .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                .configure(SerializationFeature.INDENT_OUTPUT, indented)
                .build();
    }
}
