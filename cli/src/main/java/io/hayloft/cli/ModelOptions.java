package io.hayloft.cli;

import io.hayloft.base.UserError;
import io.hayloft.bench.run.TextRunner;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.engine.model.LoadOptions;
import io.hayloft.engine.model.ProgressListener;
import io.hayloft.formats.checkpoint.ReadOptions;
import io.hayloft.hub.Catalogue;
import io.hayloft.hub.ModelStore;
import io.hayloft.hub.ResolvedModel;
import io.hayloft.kernels.PrefillBackend;
import io.hayloft.kernels.PrefillBackends;
import io.hayloft.kernels.packed.PackedFolder.Writing;
import io.hayloft.kernels.threads.Placement;
import io.hayloft.tokenizer.Tokenizers;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of commands that run a model. */
final class ModelOptions {
    @Option(
            names = "--model",
            paramLabel = "MODEL",
            defaultValue = Catalogue.EMBEDDED,
            description =
                    "Name of a model (see: hayloft models), GGUF file or Hugging Face folder; hf:OWNER/REPO[:QUANT] and"
                            + " ollama:NAME[:TAG] find what was pulled or is in the caches of other programs."
                            + " Default: ${DEFAULT-VALUE}.")
    private String model = Catalogue.EMBEDDED;

    @Option(names = "--threads", paramLabel = "N", description = "Worker threads. Default: as many as there are cores.")
    private @Nullable Integer threads;

    @Option(
            names = "--backend",
            paramLabel = "NAME",
            defaultValue = PrefillBackends.JAVA,
            description = "What multiplies matrices while a prompt is read: java (default); onednn: a native library"
                    + " with 16-bit numbers, faster, results differ a little; auto: onednn where it works;"
                    + " onednn-int8: with 8-bit integers, results differ more, so auto never takes it.")
    private String backend = PrefillBackends.JAVA;

    @Mixin
    private ConfigOptions config;

    ModelOptions() {
        this(new ConfigOptions.WithContext());
    }

    /** With other options for the model's config. */
    ModelOptions(ConfigOptions config) {
        this.config = config;
    }

    /** Finds the model on this machine. */
    ResolvedModel resolve() {
        if (threads != null && threads < 1) {
            throw new UserError("--threads must be at least 1, not " + threads);
        }
        return ModelStore.open().resolve(model);
    }

    /** Worker threads asked for; 0: as many as there are cores. */
    int threads() {
        return threads == null ? 0 : threads;
    }

    /** Loads the model; a terminal shows how far it is. */
    LanguageModel load(ResolvedModel found, PrintWriter err) {
        return load(found, backend, Writing.BESIDE, err);
    }

    /** The same for a command that times what it does: packed weights are written when the model is closed, not beside. */
    LanguageModel loadToTime(ResolvedModel found, PrintWriter err) {
        return load(found, backend, Writing.AT_CLOSE, err);
    }

    /** As {@link #load} with Hayloft's own kernels, whatever the user named. */
    LanguageModel loadExact(ResolvedModel found, PrintWriter err) {
        return load(found, PrefillBackends.JAVA, Writing.BESIDE, err);
    }

    /** How the model's config is read. */
    ReadOptions readOptions() {
        return config.readOptions();
    }

    /** The settings of the engine, for a run that does not load it but may stand beside its rows. */
    TextRunner.Engine engine(String cacheType) {
        var chosen = PrefillBackends.choose(backend);
        return new TextRunner.Engine(
                cacheType,
                chosen == null ? PrefillBackends.JAVA : chosen.name(),
                chosen == null ? "" : chosen.describe(),
                workers());
    }

    private int workers() {
        return threads != null ? threads : Runtime.getRuntime().availableProcessors();
    }

    /** All that can be wrong with options is found before the model's files are opened: nobody would close them. */
    private LanguageModel load(ResolvedModel found, String backend, Writing writing, PrintWriter err) {
        notePlacement(workers(), err);
        var packed = PackedWeights.folder(err, writing);
        Tokenizers.prepare(found.path());
        var chosen = choose(backend, err);
        try (var status = new StatusLine(err)) {
            var options = new LoadOptions(workers(), chosen, showing(status, found)).withPacked(packed);
            return LanguageModel.load(config.open(found, err), options);
        }
    }

    /** Says why threads are not pinned, where the user wants them to be. */
    static void notePlacement(int workers, PrintWriter err) {
        var note = Placement.ofUser(workers).note();
        if (!note.isEmpty()) {
            err.println(note);
            err.flush();
        }
    }

    /** The backend of this name, null for Hayloft's own kernels; a terminal shows that it is looked for. */
    static @Nullable PrefillBackend choose(String backend, PrintWriter err) {
        try (var status = new StatusLine(err)) {
            return choose(backend, status);
        }
    }

    /** The same on a line of the caller. */
    static @Nullable PrefillBackend choose(String backend, StatusLine status) {
        if (!backend.equals(PrefillBackends.JAVA)) {
            status.show("looking for backend " + backend); // its library may have to be unpacked
        }
        return PrefillBackends.choose(backend);
    }

    /** Shows how far a model is loaded. */
    static ProgressListener showing(StatusLine status, ResolvedModel found) {
        return (_, done, total) -> status.show("loading " + found.name() + ": " + done + " of " + total + " layers");
    }
}
