package io.hayloft.hub;

import java.util.List;
import java.util.regex.Pattern;

/**
 * One file of a model and how to get it.
 *
 * @param name file name in the cache folder
 * @param bytes exact size
 * @param sha256 checksum of the content, 64 lower-case hex digits
 * @param sources where the file can be had, tried in this order
 */
public record ModelFile(String name, long bytes, String sha256, List<Source> sources) {
    private static final Pattern SAFE_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");
    private static final Pattern HEX = Pattern.compile("[0-9a-f]{64}");

    public ModelFile {
        sources = List.copyOf(sources);
        if (!SAFE_NAME.matcher(name).matches()
                || bytes <= 0
                || !HEX.matcher(sha256).matches()
                || sources.isEmpty()) {
            throw new IllegalArgumentException("catalogue file '" + name + "' lacks a name, size, checksum or source");
        }
    }
}
