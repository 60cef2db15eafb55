/**
 * What the records of a run say: means with standard errors for every method and category, bytes and speeds, paired
 * differences against the full cache with bootstrap intervals, and warnings about results that should not be trusted.
 */
@NullMarked
package io.hayloft.report.stats;

import org.jspecify.annotations.NullMarked;
