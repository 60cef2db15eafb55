package io.hayloft.cli;

import io.hayloft.base.UserError;
import io.hayloft.formats.checkpoint.Checkpoint;
import io.hayloft.formats.checkpoint.ReadOptions;
import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.hub.ResolvedModel;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of commands that read a model's config. */
class ConfigOptions {
    @Option(
            names = "--ignore-unknown",
            description = "Go on when the model's config has fields that are not known, although they may change what"
                    + " the model computes.")
    private boolean ignoreUnknown;

    private boolean warned;

    /** The same with the context to choose. */
    static final class WithContext extends ConfigOptions {
        @Option(
                names = "--context",
                paramLabel = "N",
                description = "Tokens that prompt and answer may have together. Default: what the model was made for,"
                        + " the scaling of its RoPE counted in.")
        private @Nullable Integer context;

        @Override
        int context() {
            if (context != null && context < 2) {
                throw new UserError("--context must be at least 2, not " + context);
            }
            return context == null ? 0 : context;
        }
    }

    /** The context that was asked for; 0 for that of the model. */
    int context() {
        return 0;
    }

    /** How the config is read. */
    final ReadOptions readOptions() {
        return new ReadOptions(context(), ignoreUnknown);
    }

    /** Opens the model's files; warns if the context asked for is longer than what the model was made for. */
    final Checkpoint open(ResolvedModel found, PrintWriter err) {
        var checkpoint = Checkpoint.open(found.path(), readOptions());
        warn(found, checkpoint.config().context(), err);
        return checkpoint;
    }

    /** Warns once, also if a command loads the model several times. */
    private void warn(ResolvedModel found, DecoderConfig.Context lengths, PrintWriter err) {
        if (warned || lengths.tokens() == lengths.scaled()) {
            return;
        }
        warned = true;
        boolean longer = lengths.tokens() > lengths.scaled();
        err.println("warning: --context " + lengths.tokens() + " instead of the " + lengths.scaled() + " tokens that "
                + found.name() + " was made for"
                + (longer ? ": what it says beyond them may be useless" : ""));
        err.flush();
    }
}
