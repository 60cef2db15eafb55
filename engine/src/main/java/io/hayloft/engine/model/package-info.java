/**
 * The decoder-only transformer: its shape ({@link io.hayloft.formats.config.DecoderConfig}), the weights it asks for by
 * role, and the forward pass.
 *
 * <p>File formats turn what lies on disk into a config and a source of weights; nothing here knows tensor names.
 */
@NullMarked
package io.hayloft.engine.model;

import org.jspecify.annotations.NullMarked;
