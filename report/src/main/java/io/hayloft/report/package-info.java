/**
 * A run as people see it: the self-contained {@code report.html} with its plots, and exports of the records and of the
 * summary as CSV, Parquet, Markdown and LaTeX. The page's style and script lie beside these classes as resources.
 */
@NullMarked
package io.hayloft.report;

import org.jspecify.annotations.NullMarked;
