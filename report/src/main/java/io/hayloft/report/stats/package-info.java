/**
 * Statistics of a run's records: means with intervals for every method and category, bytes and speeds, paired differences to
 * the full cache, claims about what a setting keeps or loses, and warnings about results that should not be trusted.
 */
@NullMarked
package io.hayloft.report.stats;

import org.jspecify.annotations.NullMarked;
