/**
 * Compression methods: values composed of small parts, written as short expressions such as {@code snapkv:4x}.
 *
 * <p>A method scores the tokens of the prompt, keeps as many as its budget allows, and names the codec that stores them.
 * {@link io.hayloft.methods.registry.Methods} lists every method and parses expressions. To add a method, write a
 * {@link io.hayloft.methods.Scorer} and one line of the registry.
 */
@NullMarked
package io.hayloft.methods;

import org.jspecify.annotations.NullMarked;
