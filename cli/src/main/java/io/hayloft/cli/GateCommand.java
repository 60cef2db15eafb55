package io.hayloft.cli;

import io.hayloft.base.FileError;
import io.hayloft.base.UserError;
import io.hayloft.bench.record.RunFolder;
import io.hayloft.report.GateOutput;
import io.hayloft.report.stats.Comparison;
import io.hayloft.report.stats.Gate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code hayloft gate}: whether a run may replace another, as an exit code. */
@Command(
        name = "gate",
        description = {
            "Decide whether a run keeps within limits of a baseline: for CI.",
            "",
            "Exit code 0: every method does, with 95 %% confidence; 3: one certainly does not; 4: too few samples to"
                    + " tell. Prints one line a method that does not pass."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:passes",
            "1:a defect of Hayloft",
            "2:a mistake that one line explains",
            "3:fails",
            "4:cannot tell with so few samples"
        },
        footer = {
            "",
            "Examples:",
            "  hayloft gate --baseline main-run --candidate my-run --max-drop 1.0 --max-bytes +5%% --max-time +20%%",
            "  hayloft gate --baseline a --candidate b --junit gate.xml --summary \"$GITHUB_STEP_SUMMARY\""
        })
final class GateCommand extends Subcommand {
    private static final int FAILS = 3;
    private static final int CANNOT_TELL = 4;
    private static final Pattern PERCENT = Pattern.compile("\\+?(\\d+(?:\\.\\d+)?) ?%");

    @Option(
            names = "--baseline",
            required = true,
            paramLabel = "RUN",
            description = "Folder of the run to keep up with.")
    private String baseline = "";

    @Option(names = "--candidate", required = true, paramLabel = "RUN", description = "Folder of the run to judge.")
    private String candidate = "";

    @Option(
            names = "--max-drop",
            paramLabel = "POINTS",
            defaultValue = "1.0",
            description = "Largest loss of score, in points of a hundred. Default: ${DEFAULT-VALUE}.")
    private double maxDrop;

    @Option(
            names = "--max-bytes",
            paramLabel = "+P%",
            description = "Most stored bytes over the baseline's, such as +5%%.")
    private @Nullable String maxBytes;

    @Option(
            names = "--max-time",
            paramLabel = "+P%",
            description = "Most time for a sample over the baseline's, such as +20%%; both on the same machine.")
    private @Nullable String maxTime;

    @Option(names = "--junit", paramLabel = "FILE", description = "Also write JUnit XML.")
    private @Nullable String junit;

    @Option(
            names = "--summary",
            paramLabel = "FILE",
            description = "Also append a summary in Markdown, for a pull request.")
    private @Nullable String summary;

    @Override
    public Integer call() {
        if (!(maxDrop > 0 && maxDrop <= 100)) {
            throw new UserError("--max-drop must be above 0 and at most 100 points, not " + maxDrop);
        }
        var limits = new Gate.Limits(maxDrop / 100, ratio("--max-bytes", maxBytes), ratio("--max-time", maxTime));
        var runs = List.of(RunOptions.answered(baseline), candidateRun());
        runs.stream().flatMap(run -> run.notes().stream()).forEach(this::note);
        var comparison = Comparison.of(runs.getFirst(), runs.getLast(), maxDrop / 100);
        if (comparison.rows().isEmpty() && comparison.allFailed().isEmpty()) {
            throw new UserError(baseline + " and " + candidate
                    + " have no method and sample in common: gate runs of the same tasks, lengths and seed");
        }
        var gate = Gate.of(comparison, limits);
        GateOutput.lines(gate).forEach(out()::println);
        GateOutput.notes(comparison).forEach(this::note);
        if (junit != null) {
            write(junit, GateOutput.junit(gate), false);
        }
        if (summary != null) {
            write(summary, GateOutput.markdown(gate, baseline, candidate), true);
        }
        return switch (gate.outcome()) {
            case PASSES -> 0;
            case FAILS -> FAILS;
            case CANNOT_TELL -> CANNOT_TELL;
        };
    }

    /** A candidate whose samples all failed is one to judge, too. */
    private RunFolder candidateRun() {
        var run = RunFolder.read(RunOptions.folder(candidate));
        return run.failures().isEmpty() ? RunOptions.answered(candidate) : run;
    }

    private void note(String text) {
        err().println("note: " + text);
    }

    /** {@code +5%} as 1.05. */
    private static @Nullable Double ratio(String option, @Nullable String text) {
        if (text == null) {
            return null;
        }
        var form = PERCENT.matcher(text.strip());
        if (!form.matches()) {
            throw new UserError(option + " must be a percentage such as +5%, not '" + text + "'");
        }
        return 1 + Double.parseDouble(form.group(1)) / 100;
    }

    private static void write(String name, String text, boolean append) {
        var file = RunOptions.folder(name);
        var how = append
                ? List.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND)
                : List.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
        try {
            Files.writeString(file, text, how.toArray(StandardOpenOption[]::new));
        } catch (IOException e) {
            throw new UserError("cannot write " + file + ": " + FileError.reason(e), e);
        }
    }
}
