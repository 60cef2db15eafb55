package io.hayloft.cli;

import io.hayloft.base.Sizes;
import io.hayloft.bench.record.Merge;
import io.hayloft.report.Report;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code hayloft merge}: joins the parts of a run. */
@Command(
        name = "merge",
        description = {
            "Join the folders of a run's parts to one run, as if it had not been divided.",
            "",
            "The parts are of bench --shard, or runs of the same settings with other methods, tasks, lengths or"
                + " samples. Each record is kept once; parts stay as they are. If OUT holds a run, it is a part, too."
        },
        footer = {
            "",
            "Examples:",
            "  hayloft bench --model smollm2-135m --shard 1/3 --out part1     (and 2/3 and 3/3, on any machines)",
            "  hayloft merge all part1 part2 part3",
            "",
            "In a job array of Slurm:  hayloft bench ... --shard $SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT"
                    + " --out part$SLURM_ARRAY_TASK_ID"
        })
final class MergeCommand extends Subcommand {
    /** A report holds all records in memory, which merging does not. */
    private static final int MOST_REPORTED = 200_000;

    @Parameters(index = "0", paramLabel = "OUT", description = "Folder for the joined run.")
    private String out = "";

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "PART", description = "Folders of the parts.")
    private List<String> parts = List.of();

    @Override
    public Integer call() {
        var done = Merge.of(
                RunOptions.folder(out), parts.stream().map(RunOptions::folder).toList());
        if (done.repeated() > 0) {
            err().println("note: " + Sizes.count(done.repeated(), "record") + " of several parts kept once");
        }
        if (!done.missing().isEmpty()) {
            err().println("note: of this run, no part was given of " + String.join(", ", done.missing()));
        }
        if (done.failures() > 0) {
            err().println("note: " + Sizes.count(done.failures(), "answer") + " failed: bench --retry-failed --out "
                    + out + " tries again");
        }
        out().println("merged " + Sizes.count(parts.size(), "part") + ": " + Sizes.count(done.records(), "record"));
        if (done.records() > MOST_REPORTED) {
            err().println("note: no report is made of so many records unasked: hayloft report " + out + " makes it");
        } else if (done.records() > 0) {
            out().println("report:  " + Report.write(done.run()));
        }
        out().println("records: " + done.folder());
        return 0;
    }
}
