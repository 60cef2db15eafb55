package io.hayloft.bench.identity;

import io.hayloft.base.UserError;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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

    /**
     * Hash of the contents of a folder's files in the order of their names, as 32 hex digits: the same wherever the folder is
     * and whatever its files are called.
     *
     * @throws UserError if it cannot be read
     */
    static String ofFiles(Path folder) {
        var hash = sha256();
        try (var files = Files.list(folder)) {
            for (var file : files.filter(Files::isRegularFile).sorted().toList()) {
                if (!Files.isHidden(file)) {
                    var bytes = Files.readAllBytes(file);
                    hash.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, bytes.length));
                    hash.update(bytes);
                }
            }
            return HexFormat.of().formatHex(hash.digest()).substring(0, 32);
        } catch (IOException e) {
            throw new UserError("cannot read the folder " + folder + ": name one with text files", e);
        }
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
