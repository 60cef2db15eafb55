package io.hayloft.bench.identity;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;

/** SHA-256 of texts, tokens and named values. */
public final class Hashes {
    private Hashes() {}

    /** Hash of a text in UTF-8, as 64 hex digits. */
    public static String of(String text) {
        return HexFormat.of().formatHex(sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** Hash of names and values in their order, as 32 hex digits; lengths keep neighbours apart. */
    public static String of(Map<String, ?> values) {
        var text = new StringBuilder();
        values.forEach((name, value) -> {
            var word = String.valueOf(value);
            text.append(name)
                    .append(' ')
                    .append(word.length())
                    .append(' ')
                    .append(word)
                    .append('\n');
        });
        return of(text.toString()).substring(0, 32);
    }

    /** Hash of tokens, as 64 hex digits. */
    public static String of(int[] ids) {
        var bytes = ByteBuffer.allocate(4 * ids.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asIntBuffer().put(ids);
        return HexFormat.of().formatHex(sha256().digest(bytes.array()));
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
