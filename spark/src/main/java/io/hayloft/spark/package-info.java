/**
 * Runs {@code hayloft bench} on an Apache Spark cluster: a task of Spark is a sample with all its methods, which share its
 * prefill. The driver chooses the samples, writes the records as they arrive, and makes table and report, as on one machine.
 * The room uses Spark's data sets of plain objects (RDD) alone.
 */
@NullMarked
package io.hayloft.spark;

import org.jspecify.annotations.NullMarked;
