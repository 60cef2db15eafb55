/**
 * Plans a run before it starts: which samples in which order, which methods can run, and what all of it will take, from a
 * short measurement. The model is behind {@link io.hayloft.bench.plan.SampleRunner}, so everything here is tested without
 * one.
 */
@NullMarked
package io.hayloft.bench.plan;

import org.jspecify.annotations.NullMarked;
