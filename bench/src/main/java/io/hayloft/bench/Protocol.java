package io.hayloft.bench;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.hayloft.base.Suggest;
import java.util.Arrays;
import java.util.List;

/** Where the question stands when a method compresses. */
public enum Protocol {
    /** The cache is compressed after the whole prompt: a method may keep what the question needs. */
    QUESTION_AWARE("question-aware"),
    /** The cache is compressed after the context; the question comes later, as when one context serves many questions. */
    QUESTION_AGNOSTIC("question-agnostic"),
    /**
     * The cache is compressed after the context and another question about it; then comes the one that counts. A method that
     * goes by the last queries looks in the wrong place.
     */
    OTHER_QUESTION("other-question"),
    /** Each sample by all three. */
    ALL("all");

    private final String text;

    Protocol(String text) {
        this.text = text;
    }

    /** Those by which a run with this protocol answers each sample. */
    public List<Protocol> each() {
        return this == ALL ? List.of(QUESTION_AWARE, QUESTION_AGNOSTIC, OTHER_QUESTION) : List.of(this);
    }

    /** The name that users write and records hold. */
    @JsonValue
    public String text() {
        return text;
    }

    /**
     * The protocol of this name.
     *
     * @throws io.hayloft.base.UserError if there is none, with a suggestion
     */
    @JsonCreator
    public static Protocol parse(String text) {
        for (var protocol : values()) {
            if (protocol.text.equals(text)) {
                return protocol;
            }
        }
        throw Suggest.unknown(
                "protocol", text, Arrays.stream(values()).map(Protocol::text).toList());
    }
}
