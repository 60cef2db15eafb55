package io.hayloft.formats.checkpoint;

import io.hayloft.base.FileError;
import io.hayloft.base.JsonErrors;
import io.hayloft.base.UserError;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** JSON objects of model files as plain maps: String, Integer, Long, Double, Boolean, List, Map; null where the file says so. */
final class Json {
    private static final TypeReference<Map<String, Object>> OBJECT = new TypeReference<>() {};

    /** Some published configs hold a bare {@code Infinity}. */
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();

    private Json() {}

    /**
     * The fields of a JSON object.
     *
     * @param source what to call it in messages
     * @throws UserError if the text is not a JSON object or holds a key twice
     */
    static Fields object(String source, byte[] json) {
        Map<String, Object> values;
        try {
            values = MAPPER.readValue(json, OBJECT);
        } catch (JacksonException e) {
            var where = e.getLocation() == null
                    ? ""
                    : " (line " + e.getLocation().getLineNr() + ", column "
                            + e.getLocation().getColumnNr() + ")";
            throw FileError.of(
                    source, "no valid JSON object" + where + ": " + JsonErrors.inWords(e.getOriginalMessage()), e);
        }
        if (values == null) {
            throw FileError.of(source, "no valid JSON object: it is null");
        }
        return new Fields(source, "", values);
    }
}
