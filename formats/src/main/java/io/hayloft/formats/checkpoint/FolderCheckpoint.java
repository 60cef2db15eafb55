package io.hayloft.formats.checkpoint;

import io.hayloft.base.FileError;
import io.hayloft.base.UserError;
import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.formats.config.WeightSource;
import io.hayloft.formats.quantised.QuantisedFormat;
import io.hayloft.formats.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A Hugging Face folder: config.json, optionally generation_config.json, and safetensors. */
final class FolderCheckpoint implements Checkpoint {
    /** The files that tokenizer and chat format are read from, and those of quantised models that config.json lacks. */
    private static final List<String> TEXT_FILES = List.of(
            "config.json",
            "tokenizer.json",
            "tokenizer_config.json",
            "special_tokens_map.json",
            "chat_template.jinja",
            "chat_template.json",
            "quantize_config.json",
            "quant_config.json");

    private static final String GENERATION = "generation_config.json";

    private final Path folder;
    private final String configName;
    private final SafetensorsShards shards;
    private final @Nullable QuantisedFormat quantised;
    private final DecoderConfig config;
    private final WeightSource weights;
    private @Nullable String contentHash;

    private FolderCheckpoint(
            Path folder, String configName, SafetensorsShards shards, Fields file, ReadOptions options) {
        this.folder = folder;
        this.configName = configName;
        this.shards = shards;
        this.quantised = QuantisationConfig.read(folder, file, shards.raw().keySet());
        shards.addQuantised(folder.toString(), quantised);
        this.config = HuggingFaceConfig.read(file, optional(folder.resolve(GENERATION)), options);
        var architecture = HuggingFaceConfig.architecture(file);
        var placement = config.norms().placement();
        var usual =
                HuggingFaceNames.of(architecture, placement, shards.tensors().keySet());
        this.weights = FamilyWeights.of(
                new FamilyWeights.File(folder.toString(), shards.tensors(), shards.unread(), false),
                architecture,
                config,
                FamilyWeights.huggingFaceNames(architecture, config, usual),
                TensorLayout.huggingFace(architecture, config));
    }

    static FolderCheckpoint open(Path folder, String configName, ReadOptions options) {
        var configFile = folder.resolve(configName);
        if (!Files.isRegularFile(configFile)) {
            throw new UserError("no " + configName + " in " + folder
                    + ": give a GGUF file or the folder of a Hugging Face checkpoint");
        }
        var file = Json.object(configFile.toString(), SafetensorsShards.readAll(configFile));
        HuggingFaceConfig.architecture(file); // report an unknown one before anything else is looked for
        var shards = SafetensorsShards.open(folder);
        try {
            return new FolderCheckpoint(folder, configName, shards, file, options);
        } catch (RuntimeException | Error e) {
            shards.close();
            throw e;
        }
    }

    private static Optional<Fields> optional(Path file) {
        return Files.isRegularFile(file)
                ? Optional.of(Json.object(file.toString(), SafetensorsShards.readAll(file)))
                : Optional.empty();
    }

    @Override
    public Path path() {
        return folder;
    }

    @Override
    public String format() {
        int files = shards.files().size();
        return "safetensors" + (files == 1 ? "" : ", " + files + " files")
                + (quantised == null ? "" : ", " + quantised.label());
    }

    @Override
    public DecoderConfig config() {
        return config;
    }

    @Override
    public WeightSource weights() {
        return weights;
    }

    @Override
    public Map<String, Tensor> tensors() {
        return Collections.unmodifiableMap(shards.tensors());
    }

    @Override
    public Optional<GgufFile> gguf() {
        return Optional.empty();
    }

    @Override
    public List<Path> weightFiles() {
        return shards.files().keySet().stream().map(folder::resolve).toList();
    }

    @Override
    public Optional<Path> folder() {
        return Optional.of(folder);
    }

    @Override
    public synchronized String contentHash() {
        if (contentHash == null) {
            contentHash = hashOfFiles();
        }
        return contentHash;
    }

    /**
     * A checksum over lines "name checksum" of every file that the model, its tokenizer and its chat format are read from.
     * Files that nobody reads, such as {@code tokenizer.model} or {@code merges.txt}, do not count.
     */
    private String hashOfFiles() {
        var hash = new ContentHash();
        var small = Stream.of(Stream.of(configName, GENERATION), TEXT_FILES.stream(), vocabularies())
                .flatMap(names -> names);
        for (var name : small.distinct().toList()) {
            var file = folder.resolve(name);
            if (Files.isRegularFile(file)) {
                addLine(hash, name, MemorySegment.ofArray(SafetensorsShards.readAll(file)));
            }
        }
        shards.files().forEach((name, file) -> addLine(hash, name, file.content()));
        return hash.hex();
    }

    /** Names of the files that the tokenizer of an RWKV World model is read from, where there is no other tokenizer. */
    private Stream<String> vocabularies() {
        if (Files.isRegularFile(folder.resolve("tokenizer.json"))) {
            return Stream.of();
        }
        try (var files = Files.list(folder)) {
            return files
                    .map(file -> file.getFileName().toString())
                    .filter(name -> name.matches("rwkv_vocab.*\\.(txt|json)|vocab\\.txt"))
                    .sorted()
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UserError("cannot read " + folder + ": " + FileError.reason(e), e);
        }
    }

    private static void addLine(ContentHash hash, String name, MemorySegment content) {
        hash.add(name + " " + new ContentHash().add(content).hex() + "\n");
    }

    @Override
    public void close() {
        shards.close();
    }
}
