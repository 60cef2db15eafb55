/**
 * Jinja templates as Python renders them: the jinjava library, taught what chat templates expect of Python.
 *
 * <p>{@link io.hayloft.tokenizer.jinja.JinjaTemplate} is the only door. The rest closes gaps of the library: slices
 * with a step and named arguments (parser), methods of strings (resolver), {@code for ... if ... else} (tag), values printed
 * as {@code True} and {@code 3.0} (converter), {@code tojson} with Python's spacing (filters).
 */
@NullMarked
package io.hayloft.tokenizer.jinja;

import org.jspecify.annotations.NullMarked;
