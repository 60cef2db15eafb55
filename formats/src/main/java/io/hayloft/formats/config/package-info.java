/**
 * The shape of a model and the roles of its weights, whatever file they come from: file formats turn what lies on disk into
 * a {@link io.hayloft.formats.config.DecoderConfig} and a {@link io.hayloft.formats.config.WeightSource}.
 */
@NullMarked
package io.hayloft.formats.config;

import org.jspecify.annotations.NullMarked;
