/**
 * Where models come from: the catalogue of known models, the cache folder they are kept in, and the two ways to bring
 * one there (the Hugging Face Hub, or a Python package that carries the file).
 *
 * <p>Every file has a size and a SHA-256 in the catalogue and takes its final name only when both fit. The tiny model of
 * our own lies in the jar and needs no network. Start with {@link io.hayloft.hub.ModelStore}.
 */
@NullMarked
package io.hayloft.hub;

import org.jspecify.annotations.NullMarked;
