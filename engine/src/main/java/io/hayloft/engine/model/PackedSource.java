package io.hayloft.engine.model;

import io.hayloft.base.Sha256;
import io.hayloft.formats.checkpoint.Checkpoint;
import io.hayloft.kernels.packed.PackedFolder;
import io.hayloft.kernels.packed.PackedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Identifies the files of a model from which weights are packed, without reading them. */
final class PackedSource {
    private PackedSource() {}

    /** The packed weights of a model; null if none are to be kept, or the model is not read from files. */
    static @Nullable PackedModel open(@Nullable PackedFolder folder, Checkpoint checkpoint) {
        if (folder == null || checkpoint.weightFiles().isEmpty()) {
            return null;
        }
        try {
            return new PackedModel(folder, identity(checkpoint), checkpoint.path());
        } catch (IOException e) {
            return null; // a file that has just gone: loading says so
        }
    }

    /** Checksum over size and time of every file and the names, types and shapes of all tensors. */
    private static String identity(Checkpoint checkpoint) throws IOException {
        var hash = new Sha256();
        for (var file : checkpoint.weightFiles()) {
            hash.add(file.getFileName() + " " + Files.size(file) + " " + Files.getLastModifiedTime(file) + "\n");
        }
        for (var tensor : checkpoint.tensors().values()) {
            hash.add(tensor.name() + " " + tensor.type() + " " + Arrays.toString(tensor.shape()) + "\n");
        }
        return hash.hex();
    }
}
