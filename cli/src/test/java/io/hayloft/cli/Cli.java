package io.hayloft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;

/**
 * What a run of the command line gave.
 *
 * @param code exit code
 * @param out what it printed as its result
 * @param err what it printed beside
 */
record Cli(int code, String out, String err) {
    static {
        System.getProperties().putIfAbsent("hayloft.piped", "false"); // tests' own standard input is not a prompt
    }

    static Cli run(String... arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        int code = Main.run(new PrintWriter(out), new PrintWriter(err), arguments);
        return new Cli(code, out.toString(), err.toString());
    }

    /** A run that must succeed. */
    static Cli good(String... arguments) {
        var run = run(arguments);
        assertThat(run.code()).as(run.err()).isZero();
        return run;
    }

    /** Checks that a mistake of the user was told as one: exit code 2 and one line that holds all these words. */
    void isUserError(String... words) {
        assertThat(err)
                .startsWith("hayloft: ")
                .contains(words)
                .doesNotContain("Exception", "at io.hayloft", "defect of hayloft")
                .hasLineCount(1);
        assertThat(code).isEqualTo(2);
        assertThat(out).isEmpty();
    }
}
