/**
 * Finds the best setting of a method for a budget: what is asked for ({@code TuneSpec}, {@code TuneGoal}), which settings
 * can meet it at all ({@code Footprints}, from predicted bytes), the search that drops half of them again and again
 * ({@code Race}), and the final check of the winner on samples that chose nothing ({@code Tuner}).
 */
@NullMarked
package io.hayloft.bench.tune;

import org.jspecify.annotations.NullMarked;
