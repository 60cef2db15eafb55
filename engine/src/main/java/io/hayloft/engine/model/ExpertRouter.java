package io.hayloft.engine.model;

import io.hayloft.formats.config.ExpertsConfig;
import io.hayloft.kernels.ActivationOps;
import io.hayloft.kernels.VectorOps;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Chooses experts for rows and weights them.
 *
 * @param logits [experts][hidden]
 * @param correction added to each expert's score where experts are chosen; null for none
 */
record ExpertRouter(Dense logits, float @Nullable [] correction, ExpertsConfig.Router config) {
    int experts() {
        return logits.weights().outputs();
    }

    /**
     * Chooses for rows {@code from .. to-1}.
     *
     * @param scores products with the weights [rows][experts]; overwritten
     * @param chosen receives experts [rows][chosen], the best first
     * @param weights receives their weights [rows][chosen]
     */
    void choose(float[] scores, int from, int to, int[] chosen, float[] weights) {
        int count = experts();
        int taken = config.chosen();
        var indices = new int[taken];
        var values = new float[taken];
        boolean plain = correction == null && config.groups().count() == 1;
        var choice = new float[plain ? 0 : count];
        logits.addBias(scores, from, to);
        for (int row = from; row < to; row++) {
            int at = row * count;
            score(scores, at);
            int found;
            if (plain) {
                found = VectorOps.topK(scores, at, count, taken, indices, values);
            } else {
                System.arraycopy(scores, at, choice, 0, count);
                found = best(choice, indices, values);
                for (int i = 0; i < found; i++) {
                    values[i] = scores[at + indices[i]];
                }
            }
            weigh(values, found);
            Arrays.fill(indices, found, taken, 0); // a row of NaNs chooses nothing: its weights are NaN
            Arrays.fill(values, found, taken, Float.NaN);
            System.arraycopy(indices, 0, chosen, row * taken, taken);
            System.arraycopy(values, 0, weights, row * taken, taken);
        }
    }

    /** Logits of a row become what the weights are made of. */
    private void score(float[] scores, int at) {
        switch (config.scoring()) {
            case SOFTMAX -> VectorOps.softmax(scores, at, experts());
            case SOFTMAX_OF_CHOSEN -> {
                // later, of the chosen
            }
            case SIGMOID -> ActivationOps.sigmoid(scores, at, experts());
        }
    }

    /** The best experts by corrected scores, of the best groups alone. */
    private int best(float[] choice, int[] indices, float[] values) {
        if (correction != null) {
            VectorOps.addInPlace(choice, 0, correction, 0, choice.length);
        }
        if (config.groups().count() > 1) {
            hideGroups(choice);
        }
        return VectorOps.topK(choice, 0, choice.length, config.chosen(), indices, values);
    }

    /** Scores outside of the best groups become those of experts that cannot be chosen. */
    private void hideGroups(float[] choice) {
        var groups = config.groups();
        int size = choice.length / groups.count();
        var ofGroups = new float[groups.count()];
        var indices = new int[Math.max(groups.best(), groups.chosen())];
        var values = new float[indices.length];
        for (int group = 0; group < groups.count(); group++) {
            int found = VectorOps.topK(choice, group * size, size, groups.best(), indices, values);
            for (int i = 0; i < found; i++) {
                ofGroups[group] += values[i];
            }
        }
        int found = VectorOps.topK(ofGroups, 0, ofGroups.length, groups.chosen(), indices, values);
        Arrays.sort(indices, 0, found);
        for (int group = 0; group < groups.count(); group++) {
            if (Arrays.binarySearch(indices, 0, found, group) < 0) {
                Arrays.fill(choice, group * size, (group + 1) * size, Float.NEGATIVE_INFINITY);
            }
        }
    }

    /** Scores of the chosen become weights. */
    private void weigh(float[] values, int count) {
        if (config.scoring() == ExpertsConfig.Scoring.SOFTMAX_OF_CHOSEN) {
            VectorOps.softmax(values, 0, count);
        }
        float factor = (float) config.scale();
        if (config.normalised()) {
            float sum = 0;
            for (int i = 0; i < count; i++) {
                sum += values[i];
            }
            factor /= sum;
        }
        if (factor != 1) {
            VectorOps.scale(values, 0, count, factor);
        }
    }
}
