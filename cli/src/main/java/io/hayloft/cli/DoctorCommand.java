package io.hayloft.cli;

import io.hayloft.hub.ModelStore;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code hayloft doctor}: what this machine has, and what is missing. */
@Command(
        name = "doctor",
        description = "Show what this machine has for hayloft, and what is missing.",
        footer = {
            "",
            "Example:",
            "  hayloft doctor",
            "",
            "The exit code is 0 whatever is found; -- marks what should be better."
        })
final class DoctorCommand extends Subcommand {
    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Override
    public Integer call() {
        var findings = examine();
        if (json) {
            Json.pretty(out(), findings);
            return 0;
        }
        for (var finding : findings) {
            out().printf("%-2s %-13s %s%n", finding.works() ? "ok" : "--", finding.name(), finding.value());
            if (!finding.advice().isEmpty()) {
                out().printf("   %-13s -> %s%n", "", finding.advice());
            }
        }
        return 0;
    }

    /** A terminal shows that it may take a while: the first time a backend's library is unpacked. */
    private List<Doctor.Finding> examine() {
        try (var status = new StatusLine(err())) {
            status.show("looking at this machine (the first time, backends unpack their libraries)");
            return Doctor.examine(ModelStore.open());
        }
    }
}
