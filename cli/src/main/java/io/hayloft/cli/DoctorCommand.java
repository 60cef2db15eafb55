package io.hayloft.cli;

import io.hayloft.engine.hub.ModelStore;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code hayloft doctor}: what this machine has, and what is missing. */
@Command(
        name = "doctor",
        description = "Show what this machine has for hayloft, and what is missing.",
        footer = {"", "Example:", "  hayloft doctor"})
final class DoctorCommand extends Subcommand {
    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Override
    public Integer call() {
        var findings = Doctor.examine(ModelStore.open());
        if (json) {
            Json.pretty(out(), findings);
            return 0;
        }
        for (var finding : findings) {
            out().printf("%-2s %-13s %s%n", finding.advice().isEmpty() ? "ok" : "--", finding.name(), finding.value());
            if (!finding.advice().isEmpty()) {
                out().printf("   %-13s -> %s%n", "", finding.advice());
            }
        }
        return 0;
    }
}
