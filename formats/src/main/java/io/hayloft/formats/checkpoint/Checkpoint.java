package io.hayloft.formats.checkpoint;

import io.hayloft.base.UserError;
import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.formats.config.WeightSource;
import io.hayloft.formats.tensor.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A model as it lies on disk: a GGUF file, or a Hugging Face folder with config.json and safetensors. Tensors and
 * weights are views of mapped files, valid until {@link #close()}.
 */
public interface Checkpoint extends AutoCloseable {
    /**
     * Opens a model of either form; weights are checked when they are asked for.
     *
     * @throws UserError naming file and field if there is no model or something in it is wrong
     */
    static Checkpoint open(Path fileOrFolder) {
        return open(fileOrFolder, ReadOptions.DEFAULTS);
    }

    /** As {@link #open(Path)}, with a say in how the config is read. */
    static Checkpoint open(Path fileOrFolder, ReadOptions options) {
        if (!Files.exists(fileOrFolder)) {
            throw new UserError("no model at " + fileOrFolder + ": give a GGUF file or a folder with config.json");
        }
        RwkvPickle.refuse(fileOrFolder);
        if (Files.isDirectory(fileOrFolder)) {
            return FolderCheckpoint.open(fileOrFolder, "config.json", options);
        }
        if (fileOrFolder.toString().endsWith(".safetensors")) {
            throw new UserError(fileOrFolder + " holds weights only: give the folder that also holds config.json");
        }
        var file = GgufFile.open(fileOrFolder);
        try {
            return new GgufCheckpoint(file, options);
        } catch (RuntimeException | Error e) {
            file.close();
            throw e;
        }
    }

    /** Opens a Hugging Face folder whose config has another name than config.json. */
    static Checkpoint openFolder(Path folder, String configName) {
        return FolderCheckpoint.open(folder, configName, ReadOptions.DEFAULTS);
    }

    /** The model in an opened GGUF file; closing the one closes the other. */
    static Checkpoint of(GgufFile file) {
        return of(file, ReadOptions.DEFAULTS);
    }

    /** As {@link #of(GgufFile)}, with a say in how the config is read. */
    static Checkpoint of(GgufFile file, ReadOptions options) {
        return new GgufCheckpoint(file, options);
    }

    /** The file or folder. */
    Path path();

    /** A description for people, such as {@code GGUF} or {@code safetensors, 2 files}. */
    String format();

    /** The shape of the model. */
    DecoderConfig config();

    /** The weights by role. */
    WeightSource weights();

    /** All tensors by the names of the files. */
    Map<String, Tensor> tensors();

    /** The GGUF file, if it is one. */
    Optional<GgufFile> gguf();

    /** The files that the weights lie in; none for a model that is not read from files. */
    default List<Path> weightFiles() {
        return List.of();
    }

    /** The folder, if it is one. */
    Optional<Path> folder();

    /**
     * SHA-256 in hex of what the model is made of: of a GGUF file its plain checksum; of a folder a checksum over
     * config, tokenizer and weight files. Reads everything on the first call.
     */
    String contentHash();

    @Override
    void close();
}
