package io.hayloft.tokenizer.template;

/** The resources that a rendering may still use: templates come with models and are not to be trusted. */
final class Budget {
    private static final long MAX_STEPS = 10_000_000;
    private static final long MAX_CHARACTERS = 100_000_000;
    private static final int MAX_DEPTH = 600;
    private static final long MAX_NANOSECONDS = 10_000_000_000L;
    private static final int CLOCK_EVERY = 1024;

    private final long start = System.nanoTime();
    private long steps;
    private long nextLook = CLOCK_EVERY;
    private long characters;
    private int depth;

    /** Spends steps: one for each small thing that is done. */
    void spend(long count) {
        steps += count;
        if (steps > MAX_STEPS) {
            throw new TemplateFailure("the template takes too many steps");
        }
        if (steps >= nextLook) {
            nextLook = steps + CLOCK_EVERY;
            if (System.nanoTime() - start > MAX_NANOSECONDS) {
                throw new TemplateFailure("the template takes longer than 10 seconds");
            }
        }
    }

    /** Spends what a new value takes. */
    Value made(Value value) {
        if (value instanceof Text text) {
            characters += text.length();
            if (characters > MAX_CHARACTERS) {
                throw new TemplateFailure("the template makes more than " + MAX_CHARACTERS + " characters of text");
            }
            spend(1 + text.length() / 64);
        } else {
            spend(value instanceof Value.Sequence sequence ? sequence.items().size() + 1L : 1);
        }
        return value;
    }

    /** Spends what a walk over values takes. */
    void walk(Value value) {
        spend(
                value instanceof Text text
                        ? text.length() / 16
                        : Value.Extent.of(value).weight());
    }

    /** Goes a level deeper: blocks in blocks, expressions in expressions, calls in calls. */
    void enter() {
        if (++depth > MAX_DEPTH) {
            throw new TemplateFailure("calls, blocks and expressions are nested more than " + MAX_DEPTH + " deep");
        }
    }

    void leave() {
        depth--;
    }
}
