package io.hayloft.bench.speed;

/** Kinds of tests. */
public enum SpeedTest {
    /** Reading a prompt: all its tokens run through the model together. */
    PREFILL("pp"),
    /** Generating: one token of each sequence at a time. */
    DECODE("tg");

    private final String prefix;

    SpeedTest(String prefix) {
        this.prefix = prefix;
    }

    /** The name with a number of tokens, as llama-bench writes it: {@code pp512}, {@code tg64}. */
    public String name(int tokens) {
        return prefix + tokens;
    }
}
