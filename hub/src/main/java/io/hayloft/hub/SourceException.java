package io.hayloft.hub;

/** One source could not deliver a file; another may. The message says why in a few words. */
final class SourceException extends Exception {
    private static final long serialVersionUID = 1L;

    SourceException(String message) {
        super(message);
    }
}
