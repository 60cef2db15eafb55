package io.hayloft.base;

import org.jspecify.annotations.Nullable;

/**
 * A mistake that the user can fix: a broken file, an unknown name, a value out of range, a full disk.
 *
 * <p>The message is one line that says what is wrong, where, and what to do. The command line prints it without a stack
 * trace and exits with code 2. Anything else that is thrown is a defect of Hayloft.
 */
public final class UserError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** An error with a one-line message. */
    public UserError(String message) {
        super(message);
    }

    /** An error with a one-line message and what caused it. */
    public UserError(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
