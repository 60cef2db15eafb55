package io.hayloft.bench.grid;

import org.jspecify.annotations.Nullable;

/**
 * One setting of a grid.
 *
 * @param method canonical method expression; null for a setting that cannot run
 * @param label what its source calls it; empty if it has no other name
 * @param ratio compression that its source gives for it; null if it gives none
 * @param onNeedle canonical expression that its source really ran on the needle under this label; null for the same method
 * @param leftOut why it cannot run; null for a setting that can
 */
public record GridSetting(
        @Nullable String method,
        String label,
        @Nullable Double ratio,
        @Nullable String onNeedle,
        @Nullable String leftOut) {}
