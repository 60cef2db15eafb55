package io.hayloft.hub;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;

/** One way to get a file of a model. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Source.Embedded.class, name = "embedded"),
    @JsonSubTypes.Type(value = Source.HuggingFace.class, name = "hf"),
    @JsonSubTypes.Type(value = Source.PythonPackages.class, name = "pip")
})
public sealed interface Source {
    /** How messages call this source. */
    String describe();

    /** The file lies in the jar. */
    record Embedded() implements Source {
        @Override
        public String describe() {
            return "embedded";
        }
    }

    /** A file of a repository of the Hugging Face Hub, or of a mirror that {@code HF_ENDPOINT} names. */
    record HuggingFace(String repo, String revision, String file) implements Source {
        @Override
        public String describe() {
            return "Hugging Face " + repo;
        }
    }

    /** The file is carried by Python packages; a large one is split, its parts are joined in this order. */
    record PythonPackages(List<Part> parts) implements Source {
        public PythonPackages {
            parts = List.copyOf(parts);
        }

        @Override
        public String describe() {
            var first = parts.getFirst().requirement();
            return parts.size() == 1
                    ? "Python package " + first
                    : "Python packages " + first + " ... " + parts.getLast().requirement();
        }
    }
}
