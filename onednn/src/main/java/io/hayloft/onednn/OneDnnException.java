package io.hayloft.onednn;

/** A function of oneDNN that failed. */
final class OneDnnException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final boolean unimplemented;

    /**
     * A failure.
     *
     * @param status what the function returned
     * @param unimplemented whether that means that the library cannot do what was asked for on this processor
     */
    OneDnnException(String function, int status, boolean unimplemented) {
        super(function + " of oneDNN failed with status " + status + (status == 1 ? ": no memory" : ""));
        this.unimplemented = unimplemented;
    }

    boolean unimplemented() {
        return unimplemented;
    }
}
