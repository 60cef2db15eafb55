package io.hayloft.formats.config;

import io.hayloft.base.UserError;

/** Bounds that no real model exceeds, so that a broken file fails early and by name. */
final class Limits {
    private Limits() {}

    static void whole(String what, long value, long least, long most) {
        if (value < least || value > most) {
            throw new UserError(what + " must be between " + least + " and " + most + ", not " + value);
        }
    }

    static void number(String what, double value, double least, double most) {
        if (!(value >= least && value <= most)) { // also refuses NaN
            throw new UserError(what + " must be between " + least + " and " + most + ", not " + value);
        }
    }
}
