package io.hayloft.methods.window;

/**
 * How many of the tokens in sight are attention sinks: less than the budget, so that the newest token has room.
 *
 * @param fixed number of tokens
 * @param share tokens beside these, as a share of the budget, rounded down
 */
public record Sinks(int fixed, double share) {
    /** Sinks of a budget. */
    int of(int budget) {
        return Math.min(fixed + (int) (share * budget), budget - 1);
    }
}
