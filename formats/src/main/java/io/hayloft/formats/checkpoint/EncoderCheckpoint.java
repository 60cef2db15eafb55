package io.hayloft.formats.checkpoint;

import io.hayloft.base.UserError;
import io.hayloft.formats.config.EncoderConfig;
import io.hayloft.formats.config.EncoderFamily;
import io.hayloft.formats.tensor.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** A token classifier as it lies on disk: a Hugging Face folder with config.json and safetensors. */
public final class EncoderCheckpoint implements AutoCloseable {
    /** Marks a size that the caller does not check. */
    public static final long ANY = -1;

    private final Path folder;
    private final EncoderConfig config;
    private final SafetensorsShards shards;

    private EncoderCheckpoint(Path folder, EncoderConfig config, SafetensorsShards shards) {
        this.folder = folder;
        this.config = config;
        this.shards = shards;
    }

    /**
     * Opens a folder; tensors are checked when they are asked for.
     *
     * @throws UserError if it holds no BERT or XLM-RoBERTa model or something in it is wrong
     */
    public static EncoderCheckpoint open(Path folder) {
        var file = folder.resolve("config.json");
        if (!Files.isRegularFile(file)) {
            throw new UserError("no config.json in " + folder + ": give the folder of a Hugging Face token classifier");
        }
        var fields = Json.object(file.toString(), SafetensorsShards.readAll(file));
        EncoderConfig config;
        try {
            config = config(fields);
        } catch (UserError e) {
            throw fields.located(e);
        }
        return new EncoderCheckpoint(folder, config, SafetensorsShards.open(folder));
    }

    private static EncoderConfig config(Fields fields) {
        var family = EncoderFamily.of(fields.text("model_type"));
        var activation = fields.text("hidden_act", "gelu");
        if (!activation.equals("gelu")) {
            throw fields.error("hidden_act '" + activation + "' is not supported: only gelu is");
        }
        var positions = fields.text("position_embedding_type", "absolute");
        if (!positions.equals("absolute")) {
            throw fields.error("position_embedding_type '" + positions + "' is not supported: only absolute is");
        }
        return new EncoderConfig(
                family,
                fields.positive("num_hidden_layers"),
                fields.positive("hidden_size"),
                fields.positive("num_attention_heads"),
                fields.positive("intermediate_size"),
                fields.positive("vocab_size"),
                fields.positive("max_position_embeddings"),
                fields.positive("type_vocab_size"),
                fields.number("layer_norm_eps", 1e-12),
                fields.whole("pad_token_id", 0));
    }

    /** Sizes of the model. */
    public EncoderConfig config() {
        return config;
    }

    /**
     * A tensor of the encoder, its name without the prefix of the family.
     *
     * @throws UserError if it is missing or has another shape
     */
    public Tensor tensor(String name, long... shape) {
        return head(config.family().prefix() + name, shape);
    }

    /** A tensor of the part on top of the encoder; see {@link #tensor}. */
    public Tensor head(String name, long... shape) {
        var tensor = shards.tensors().get(name);
        if (tensor == null) {
            throw new UserError(folder + ": tensor '" + name + "' is missing: this is not a token classifier");
        }
        boolean fits = tensor.shape().length == shape.length;
        for (int i = 0; fits && i < shape.length; i++) {
            fits = shape[i] == ANY ? tensor.shape()[i] > 0 : tensor.shape()[i] == shape[i];
        }
        if (!fits) {
            throw new UserError(folder + ": tensor '" + name + "' has the shape " + Arrays.toString(tensor.shape())
                    + ", config.json asks for " + Arrays.toString(shape).replace(Long.toString(ANY), "any"));
        }
        return tensor;
    }

    @Override
    public void close() {
        shards.close();
    }
}
