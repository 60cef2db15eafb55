/**
 * The command line: one class a command, what they share (options, tables, progress, errors) beside them.
 *
 * <p>Results go to the output stream, everything else to the error stream. A mistake of the user ends with one line and
 * exit code 2, a defect with a short note, a log file and exit code 1. Nothing here computes: commands read options,
 * call the rooms below and print. Start with {@link io.hayloft.cli.Main}.
 */
@NullMarked
package io.hayloft.cli;

import org.jspecify.annotations.NullMarked;
