package io.hayloft.base;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import org.jspecify.annotations.Nullable;

/**
 * Errors about files. A broken file's own texts (names, keys) may appear in the message, so that it is kept to one line
 * of printable characters and a length that can be read.
 */
public final class FileError {
    private static final int LONGEST = 500;
    private static final int TAIL = 200;

    private FileError() {}

    /** The error {@code "source: message"}. */
    public static UserError of(String source, String message) {
        return of(source, message, null);
    }

    /** The error {@code "source: message"} with its cause. */
    public static UserError of(String source, String message, @Nullable Throwable cause) {
        return new UserError(source + ": " + shortened(printable(message)), cause);
    }

    /**
     * Returns why a file could not be read or written, in words. The JDK's own message of such an error is often no more
     * than the file's name.
     */
    public static String reason(IOException error) {
        return switch (error) {
            case NoSuchFileException _ -> "no such file or folder";
            case AccessDeniedException _ -> "permission denied";
            case FileAlreadyExistsException _ -> "a file is in its way";
            case NotDirectoryException _ -> "it is not a folder";
            case DirectoryNotEmptyException _ -> "the folder is not empty";
            case CharacterCodingException _ -> "it is not UTF-8 text";
            case FileSystemException other when other.getReason() != null -> printable(other.getReason());
            default -> printable(error.getMessage() == null ? "the system gives no reason" : error.getMessage());
        };
    }

    private static String printable(String text) {
        var line = new StringBuilder(text.length());
        text.codePoints().forEach(c -> line.appendCodePoint(isPrintable(c) ? c : '\uFFFD'));
        return line.toString();
    }

    private static boolean isPrintable(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }

    /** The beginning and the end of a long text, since the end often says what was expected. */
    private static String shortened(String text) {
        return text.length() <= LONGEST
                ? text
                : text.substring(0, LONGEST - TAIL) + " ... " + text.substring(text.length() - TAIL);
    }
}
