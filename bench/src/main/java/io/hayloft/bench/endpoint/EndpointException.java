package io.hayloft.bench.endpoint;

/** A server could not answer a prompt, for a reason that concerns this prompt or this moment. */
public final class EndpointException extends Exception {
    private static final long serialVersionUID = 1;

    EndpointException(String message) {
        super(message);
    }
}
