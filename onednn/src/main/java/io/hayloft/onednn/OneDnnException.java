package io.hayloft.onednn;

/** A function of oneDNN that failed. */
final class OneDnnException extends RuntimeException {
    private static final long serialVersionUID = 1;
    private static final int UNIMPLEMENTED = 3;

    private final int status;

    /**
     * A failure.
     *
     * @param status what the function returned
     */
    OneDnnException(String function, int status) {
        super(function + " of oneDNN failed with status " + status);
        this.status = status;
    }

    /** The library has no product of this kind that is worth its while. */
    static OneDnnException noFastProduct() {
        return new OneDnnException("a fast product", UNIMPLEMENTED);
    }

    /** Whether the library cannot do what was asked for on this processor. */
    boolean unimplemented() {
        return status == UNIMPLEMENTED;
    }
}
