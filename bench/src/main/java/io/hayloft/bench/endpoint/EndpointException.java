package io.hayloft.bench.endpoint;

/** No answer to a prompt, for a reason that may be gone with another prompt or at another time. */
public final class EndpointException extends Exception {
    private static final long serialVersionUID = 1;

    EndpointException(String message) {
        super(message);
    }
}
