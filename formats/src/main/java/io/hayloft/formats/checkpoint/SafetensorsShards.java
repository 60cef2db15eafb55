package io.hayloft.formats.checkpoint;

import io.hayloft.base.UserError;
import io.hayloft.formats.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The weight files of a folder: model.safetensors, or the shards that model.safetensors.index.json names. */
final class SafetensorsShards implements AutoCloseable {
    private static final String SINGLE = "model.safetensors";
    private static final String INDEX = "model.safetensors.index.json";

    private final SortedMap<String, SafetensorsFile> files = new TreeMap<>();
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();

    private SafetensorsShards() {}

    /**
     * Opens all weight files of a folder.
     *
     * @throws UserError if one is missing or wrong
     */
    static SafetensorsShards open(Path folder) {
        var shards = new SafetensorsShards();
        try {
            var index = folder.resolve(INDEX);
            if (Files.exists(index)) {
                shards.openIndexed(folder, Json.object(index.toString(), readAll(index)));
            } else if (Files.exists(folder.resolve(SINGLE))) {
                shards.openSingle(folder);
            } else {
                throw new UserError(folder + " has neither " + SINGLE + " nor " + INDEX
                        + ": only safetensors checkpoints and GGUF files can be read");
            }
            return shards;
        } catch (UserError e) {
            shards.close();
            throw e;
        }
    }

    private void openSingle(Path folder) {
        var file = SafetensorsFile.open(folder.resolve(SINGLE));
        files.put(SINGLE, file);
        tensors.putAll(file.tensors());
    }

    private void openIndexed(Path folder, Fields index) {
        var map = index.object("weight_map").orElseThrow(() -> index.error("field 'weight_map' is missing"));
        var fileOfTensor = new LinkedHashMap<String, String>();
        for (var tensor : map.names()) {
            var file = map.text(tensor);
            if (file.contains("/") || file.contains("\\") || file.contains("\0") || file.startsWith(".")) {
                throw index.error("tensor '" + tensor + "' lies in '" + file + "', which is no plain file name");
            }
            fileOfTensor.put(tensor, file);
        }
        fileOfTensor.forEach((name, fileName) -> {
            var file = files.computeIfAbsent(fileName, unopened -> SafetensorsFile.open(folder.resolve(unopened)));
            if (!file.names().contains(name)) {
                throw index.error("tensor '" + name + "' is not in " + fileName);
            }
            var tensor = file.tensors().get(name);
            if (tensor != null) {
                tensors.put(name, tensor);
            }
        });
    }

    /** The whole of a small file. */
    static byte[] readAll(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UserError("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    /** The opened files by name. */
    SortedMap<String, SafetensorsFile> files() {
        return files;
    }

    /** The floating-point tensors of all files. */
    Map<String, Tensor> tensors() {
        return tensors;
    }

    @Override
    public void close() {
        files.values().forEach(SafetensorsFile::close);
    }
}
