package io.hayloft.bench.record;

import io.hayloft.base.JsonErrors;
import io.hayloft.base.UserError;
import java.nio.file.Path;
import java.util.Objects;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.ToStringSerializer;

/** Writes and reads the files of a run as JSON: snake case names, one object a line or indented. */
public final class Json {
    /** Paths as users write them, not as addresses. */
    private static final SimpleModule PATHS = new SimpleModule()
            .addSerializer(Path.class, ToStringSerializer.instance)
            .addDeserializer(Path.class, new PathReader());

    private static final class PathReader extends ValueDeserializer<Path> {
        @Override
        public Path deserialize(JsonParser parser, DeserializationContext context) {
            return Path.of(parser.getValueAsString());
        }
    }

    /** For records: one line, every field present. */
    static final JsonMapper LINES = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .addModule(PATHS)
            .build();

    /** For {@code run.json}: indented. */
    static final JsonMapper INDENTED =
            LINES.rebuild().enable(SerializationFeature.INDENT_OUTPUT).build();

    private Json() {}

    /** An object as one line of JSON. */
    public static String line(Object value) {
        return LINES.writeValueAsString(value);
    }

    /**
     * An object from its JSON.
     *
     * @param name what an error calls the text
     * @throws UserError if it is something else
     */
    public static <T> T read(String text, Class<T> type, String name) {
        try {
            return Objects.requireNonNull(LINES.readValue(text, type), "it is null");
        } catch (JacksonException | IllegalArgumentException | NullPointerException e) {
            throw new UserError(name + " is damaged (" + reason(e) + ")", e);
        }
    }

    /** The first line of what a parser said, without its excerpt of the input. */
    static String reason(Exception e) {
        var message =
                e instanceof JacksonException json ? JsonErrors.inWords(json.getOriginalMessage()) : e.getMessage();
        var cause = e.getCause();
        if (cause instanceof IllegalArgumentException || cause instanceof NullPointerException) {
            message = cause.getMessage();
        }
        return message == null
                ? e.getClass().getSimpleName()
                : message.lines().findFirst().orElse("");
    }
}
