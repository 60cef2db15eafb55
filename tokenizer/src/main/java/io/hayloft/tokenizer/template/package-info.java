/**
 * An interpreter for the language of chat templates: Jinja2 as the transformers library sets it up.
 *
 * <p>{@link io.hayloft.tokenizer.template.Template} parses a template once and renders it for many conversations. A lexer
 * and two parsers make a tree of records; an interpreter walks it; filters, tests, functions and the methods of strings
 * stand in tables. Values follow Python. Every code point knows whether it comes from the content of a message, so a
 * tokenizer can read control tokens in the template's own text alone. Templates are untrusted: depth, size and time have
 * limits.
 */
@NullMarked
package io.hayloft.tokenizer.template;

import org.jspecify.annotations.NullMarked;
