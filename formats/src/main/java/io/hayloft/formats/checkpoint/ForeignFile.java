package io.hayloft.formats.checkpoint;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/** Recognises files that lie where weights should: what a download left, and weights in formats that are not read. */
final class ForeignFile {
    private static final int LONGEST_START = 256;

    /** The kinds of file that are expected. */
    enum Kind {
        GGUF,
        SAFETENSORS
    }

    private ForeignFile() {}

    /** Says what the file is and what to do about it, to follow its name; empty if it may be what it should be. */
    static Optional<String> describe(MemorySegment bytes, Kind expected) {
        int length = (int) Math.min(bytes.byteSize(), LONGEST_START);
        var start = new String(bytes.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.ISO_8859_1);
        if (start.isEmpty()) {
            return Optional.of("is empty: download it again");
        }
        // The length of a header may begin with any bytes, also with those of other formats.
        if (expected == Kind.SAFETENSORS && start.length() > 8 && start.charAt(8) == '{') {
            return Optional.empty();
        }
        if (start.startsWith("version https://git-lfs.github.com/")) {
            return Optional.of("is a Git LFS pointer, a line of text in place of the weights: run 'git lfs pull' in its"
                    + " folder, or download the file itself");
        }
        var text = start.strip().toLowerCase(Locale.ROOT);
        if (text.startsWith("<!doctype") || text.startsWith("<html") || text.startsWith("<?xml")) {
            return Optional.of("is a web page, not a model: download the file itself, not the page that shows it");
        }
        return format(start, expected).map(format -> "is " + format);
    }

    private static Optional<String> format(String start, Kind expected) {
        if (expected != Kind.GGUF && start.startsWith("GGUF")) {
            return Optional.of("a GGUF file: give the file itself as the model");
        }
        if (start.startsWith("PK\u0003\u0004")
                || start.startsWith("\u0080\u0002")
                || start.startsWith("\u0080\u0004")) {
            return Optional.of(
                    "a PyTorch pickle, which can run code and is not read: use the model's safetensors or GGUF files");
        }
        if (start.startsWith("\u0089HDF")) {
            return Optional.of("an HDF5 file, which is not read: use the model's safetensors or GGUF files");
        }
        // The number that names the format, in little-endian order: 'ggml', 'ggmf', 'ggjt' and 'ggla' backwards.
        for (var old : new String[] {"lmgg", "fmgg", "tjgg", "algg"}) {
            if (start.startsWith(old)) {
                return Optional.of("a file of the format '" + new StringBuilder(old).reverse()
                        + "', which GGUF replaced in 2023: get the model as a GGUF file");
            }
        }
        return expected != Kind.SAFETENSORS && start.length() > 9 && start.charAt(8) == '{' && start.charAt(7) == 0
                ? Optional.of("a safetensors file: give the folder that also holds config.json")
                : Optional.empty();
    }
}
