package io.hayloft.formats.config;

import io.hayloft.base.UserError;
import io.hayloft.formats.config.LayerConfig.FeedForward;
import org.jspecify.annotations.Nullable;

/**
 * A mixture of experts: a router chooses, for each row, those feed-forward parts whose weighted sum is the result.
 *
 * @param experts how many there are
 * @param router how they are chosen and weighted
 * @param each one of them; all have the same sizes
 * @param shared what every row goes through besides; null for nothing
 */
public record ExpertsConfig(
        int experts,
        Router router,
        FeedForward each,
        @Nullable Shared shared) implements LayerConfig.FeedForwardPart {
    /** The function that the router applies to its logits. */
    public enum Scoring {
        /** The softmax over all experts. */
        SOFTMAX,
        /** The softmax over the logits of the chosen experts, which are the largest. */
        SOFTMAX_OF_CHOSEN,
        /** The sigmoid of each. */
        SIGMOID
    }

    /**
     * How experts are chosen and weighted.
     *
     * @param chosen experts of a row
     * @param scoring what the logits become, by whose size experts are chosen
     * @param normalised whether the weights of the chosen are divided by their sum
     * @param scale factor on the weights, after that; 1 for none
     * @param bias whether the logits have a bias
     * @param corrected whether each expert's score has a number added that counts in the choice only, not in the weight
     *     (DeepSeek-AI, arXiv 2412.19437, section 2.1.2)
     * @param groups which experts can be chosen together
     */
    public record Router(
            int chosen,
            Scoring scoring,
            boolean normalised,
            double scale,
            boolean bias,
            boolean corrected,
            Groups groups) {
        /** Checks count and factor. */
        public Router {
            Limits.whole("experts of a token", chosen, 1, 4096);
            Limits.number("routed scaling factor", scale, 1e-9, 1e9);
        }

        /** Experts without groups, corrections and bias, whose weights are not scaled. */
        public Router(int chosen, Scoring scoring, boolean normalised) {
            this(chosen, scoring, normalised, 1, false, false, Groups.ONE);
        }
    }

    /**
     * Groups of neighbouring experts: only those of the best groups can be chosen (DeepSeek-AI, arXiv 2405.04434, section
     * 2.2.2).
     *
     * @param count how many there are
     * @param chosen groups of a row
     * @param best how many of a group's best scores are added up to the group's
     */
    public record Groups(int count, int chosen, int best) {
        /** All experts in one group. */
        public static final Groups ONE = new Groups(1, 1, 1);

        /** Checks the counts. */
        public Groups {
            Limits.whole("groups of experts", count, 1, 4096);
            Limits.whole("groups of experts of a token", chosen, 1, count);
            Limits.whole("best experts of a group", best, 1, 4096);
        }
    }

    /**
     * A feed-forward part that every row goes through.
     *
     * @param gated whether its result is multiplied with the sigmoid of one number, a product of the row with a vector
     */
    public record Shared(FeedForward part, boolean gated) {}

    /** Checks the counts. */
    public ExpertsConfig {
        Limits.whole("experts", experts, 1, 4096);
        Limits.whole("experts of a token", router.chosen(), 1, experts);
        var groups = router.groups();
        if (experts % groups.count() != 0) {
            throw new UserError(experts + " experts do not fall into " + groups.count() + " equal groups");
        }
        int inGroups = experts / groups.count() * groups.chosen();
        Limits.whole("experts of a token", router.chosen(), 1, inGroups);
        Limits.whole("best experts of a group", groups.best(), 1, experts / groups.count());
    }

    /** Experts of a row. */
    public int chosen() {
        return router.chosen();
    }

    /** Channels inside the widest part that a row goes through. */
    @Override
    public int width() {
        return Math.max(each.width(), shared == null ? 0 : shared.part.width());
    }

    @Override
    public long weightsOfRow(int hidden) {
        long sharedWeights = shared == null ? 0 : shared.part.weightsOfRow(hidden) + (shared.gated ? hidden : 0);
        return (long) experts * hidden + router.chosen() * each.weightsOfRow(hidden) + sharedWeights;
    }
}
