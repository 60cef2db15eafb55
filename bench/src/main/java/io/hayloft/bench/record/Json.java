package io.hayloft.bench.record;

import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** How the files of a run are written as JSON: snake case names, one object a line or indented. */
public final class Json {
    /** For records: one line, every field present. */
    static final JsonMapper LINES = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    /** For {@code run.json}: indented. */
    static final JsonMapper INDENTED =
            LINES.rebuild().enable(SerializationFeature.INDENT_OUTPUT).build();

    private Json() {}

    /** An object as one line of JSON. */
    public static String line(Object value) {
        return LINES.writeValueAsString(value);
    }

    /** The first line of what a parser said, without its excerpt of the input. */
    static String reason(Exception e) {
        var message =
                e instanceof tools.jackson.core.JacksonException json ? json.getOriginalMessage() : e.getMessage();
        var cause = e.getCause();
        if (cause instanceof IllegalArgumentException || cause instanceof NullPointerException) {
            message = cause.getMessage();
        }
        return message == null
                ? e.getClass().getSimpleName()
                : message.lines().findFirst().orElse("");
    }
}
