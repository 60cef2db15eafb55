package io.hayloft.bench.tune;

import io.hayloft.base.Sizes;
import io.hayloft.base.UserError;
import java.util.Locale;

/** The condition that the best setting has to meet. */
public sealed interface TuneGoal {
    /** The most score among settings that store no more than some bytes. */
    record MaxBytes(long most) implements TuneGoal {
        /** Refuses budgets that hold nothing. */
        public MaxBytes {
            if (most < 1) {
                throw new UserError("--max-kv-bytes must be at least 1");
            }
        }

        @Override
        public boolean fits(Footprint setting, Footprint full) {
            return setting.high() <= most;
        }

        @Override
        public String text() {
            return "the highest score with at most " + Sizes.bytes(most) + " of KV cache";
        }

        @Override
        public String smallest(Footprint setting) {
            return Sizes.bytes((long) Math.ceil(setting.high()));
        }
    }

    /** The most score among settings that store no more than some bytes for each token of a prompt. */
    record MaxBytesPerToken(double most) implements TuneGoal {
        /** Refuses budgets that hold nothing. */
        public MaxBytesPerToken {
            if (!(most > 0) || most > Long.MAX_VALUE) {
                throw new UserError("--max-bytes-per-token must be above 0");
            }
        }

        @Override
        public boolean fits(Footprint setting, Footprint full) {
            return setting.high() <= most * setting.tokens();
        }

        @Override
        public String text() {
            return String.format(Locale.ROOT, "the highest score with at most %,.0f bytes a token", most);
        }

        @Override
        public String smallest(Footprint setting) {
            return String.format(Locale.ROOT, "%,.0f bytes a token", Math.ceil(setting.high() / setting.tokens()));
        }
    }

    /**
     * The fewest bytes among settings that lose no more than some score against the full cache.
     *
     * @param most 0 to 1; 0.01 is one point
     */
    record MaxDrop(double most) implements TuneGoal {
        /** Refuses losses that are none. */
        public MaxDrop {
            if (!(most >= 0 && most < 1)) {
                throw new UserError("--max-drop must be points from 0 to 100, such as 1.0, not " + 100 * most);
            }
        }

        @Override
        public boolean fits(Footprint setting, Footprint full) {
            return setting.high() < full.low();
        }

        @Override
        public double enough(double fullScore) {
            return fullScore - most;
        }

        @Override
        public double margin() {
            return most;
        }

        @Override
        public String text() {
            return String.format(Locale.ROOT, "the fewest bytes with a loss of at most %s", points(100 * most));
        }

        private static String points(double points) {
            var number = String.format(Locale.ROOT, "%.1f", points);
            return number + (number.equals("1.0") ? " point" : " points");
        }

        @Override
        public String smallest(Footprint setting) {
            return Sizes.bytes((long) Math.ceil(setting.high()));
        }
    }

    /** Returns whether a setting's bytes meet the goal for certain. */
    boolean fits(Footprint setting, Footprint full);

    /** The score above which more does not count, given that of the full cache. */
    default double enough(double fullScore) {
        return Double.POSITIVE_INFINITY;
    }

    /** The loss against the full cache that the final check asks about, 0.01 for one point. */
    default double margin() {
        return 0.01;
    }

    /** Says in words which setting is looked for. */
    String text();

    /** The least budget that a setting fits, in words. */
    String smallest(Footprint setting);
}
