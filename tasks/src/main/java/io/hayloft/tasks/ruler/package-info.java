/**
 * The thirteen tasks of RULER (Hsieh et al., arXiv 2404.06654): generators that draw the same samples as the official
 * programs for the same seed, tokenizer and input texts, sample files in the official form, and the official scores.
 *
 * <p>Wording and parameters are a resource beside this package, with the notice of their authors; texts, word lists and
 * questions to draw from are our own unless the user names a folder with others.
 */
@NullMarked
package io.hayloft.tasks.ruler;

import org.jspecify.annotations.NullMarked;
