package io.hayloft.formats.checkpoint;

import io.hayloft.base.FileError;
import io.hayloft.base.UserError;
import io.hayloft.formats.quantised.QuantisedFormat;
import io.hayloft.formats.quantised.QuantisedTensors;
import io.hayloft.formats.quantised.RawTensor;
import io.hayloft.formats.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The weight files of a folder: model.safetensors, or the shards that model.safetensors.index.json names. */
final class SafetensorsShards implements AutoCloseable {
    private static final String SINGLE = "model.safetensors";
    private static final String INDEX = "model.safetensors.index.json";
    private static final List<String> OTHER_WEIGHTS = List.of(
            "pytorch_model.bin",
            "pytorch_model.bin.index.json",
            "consolidated.00.pth",
            "consolidated.safetensors",
            "tf_model.h5",
            "flax_model.msgpack");

    private final SortedMap<String, SafetensorsFile> files = new TreeMap<>();
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();
    private final Map<String, String> unread = new LinkedHashMap<>();
    private final Map<String, RawTensor> raw = new LinkedHashMap<>();

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
                throw new UserError(folder + " has neither " + SINGLE + " nor " + INDEX + otherWeights(folder)
                        + ": only safetensors checkpoints and GGUF files can be read");
            }
            return shards;
        } catch (UserError e) {
            shards.close();
            throw e;
        }
    }

    /** Names weights that are there but in a format that is not read. */
    private static String otherWeights(Path folder) {
        for (var name : OTHER_WEIGHTS) {
            if (Files.exists(folder.resolve(name))) {
                return ", but " + name + " in a format that is not read";
            }
        }
        return "";
    }

    private void openSingle(Path folder) {
        var file = SafetensorsFile.open(folder.resolve(SINGLE));
        files.put(SINGLE, file);
        file.names().forEach(name -> add(file, name));
    }

    private void openIndexed(Path folder, Fields index) {
        var map = index.object("weight_map").orElseThrow(() -> index.error("field 'weight_map' is missing"));
        var fileOfTensor = new LinkedHashMap<String, String>();
        for (var tensor : map.names()) {
            var file = map.text(tensor);
            if (file.contains("/") || file.contains("\\") || file.contains("\0") || file.startsWith(".")) {
                throw index.error("tensor '" + tensor + "' lies in '" + file + "', which is not a plain file name");
            }
            fileOfTensor.put(tensor, file);
        }
        fileOfTensor.forEach((name, fileName) -> {
            var file = files.computeIfAbsent(fileName, unopened -> SafetensorsFile.open(folder.resolve(unopened)));
            if (!file.names().contains(name)) {
                throw index.error("tensor '" + name + "' is not in " + fileName);
            }
            add(file, name);
        });
    }

    private void add(SafetensorsFile file, String name) {
        raw.put(name, Objects.requireNonNull(file.entries().get(name)));
        var tensor = file.tensors().get(name);
        if (tensor != null) {
            tensors.put(name, tensor);
        } else {
            unread.put(name, file.dtype(name));
        }
    }

    /** The whole of a small file. */
    static byte[] readAll(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UserError("cannot read " + file + ": " + FileError.reason(e), e);
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

    /** All tensors of all files, whatever their type. */
    Map<String, RawTensor> raw() {
        return raw;
    }

    /**
     * Puts the matrices that quantised tensors describe in place of those tensors and their scales.
     *
     * @throws UserError naming the tensor that is wrong
     */
    void addQuantised(String source, @Nullable QuantisedFormat format) {
        for (var matrix : QuantisedTensors.of(source, format, raw).values()) {
            for (var part : QuantisedTensors.floatParts(matrix.name())) {
                tensors.remove(part);
            }
            tensors.put(matrix.name(), matrix);
            unread.remove(matrix.name());
        }
    }

    /** Types of all other tensors, such as I32, by tensor name. */
    Map<String, String> unread() {
        return unread;
    }

    @Override
    public void close() {
        files.values().forEach(SafetensorsFile::close);
    }
}
