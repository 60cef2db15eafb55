package io.hayloft.tasks;

import io.hayloft.testing.Goldens;
import io.hayloft.testing.Shared;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads reference files of JSON lines. */
public final class GoldenLines {
    private static final JsonMapper JSON = JsonMapper.shared();

    private GoldenLines() {}

    /** Every line of a golden of the project. */
    public static List<JsonNode> lines(String relative) {
        return lines(Goldens.path(relative));
    }

    /** Every line of a golden of the reference data, with cases that the project does not hold; skips where it is absent. */
    public static List<JsonNode> allLines(String relative) {
        return lines(Shared.path("goldens/" + relative));
    }

    private static List<JsonNode> lines(Path file) {
        try {
            return Files.readAllLines(file).stream().map(JSON::readTree).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The entries of a list of texts. */
    public static List<String> texts(JsonNode list) {
        return list.valueStream().map(JsonNode::stringValue).toList();
    }

    /** The SHA-256 of the text in UTF-8, in hex. */
    public static String sha256(String text) {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
