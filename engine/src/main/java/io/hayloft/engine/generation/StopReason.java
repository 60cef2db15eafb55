package io.hayloft.engine.generation;

/** Why a completion ended. */
public enum StopReason {
    /** The model gave an EOS token. */
    EOS,
    /** The number of tokens asked for was reached, or the model's context is full. */
    LENGTH,
    /** The stop text appeared. */
    STOP_TEXT,
    /** It was cancelled. */
    CANCELLED
}
