package io.hayloft.bench.predict;

import io.hayloft.base.UserError;
import io.hayloft.formats.checkpoint.Checkpoint;
import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.formats.config.ExpertsConfig;
import io.hayloft.formats.config.Role;
import io.hayloft.formats.config.SharedBlockConfig;
import io.hayloft.formats.memory.NativeMemory;
import io.hayloft.formats.tensor.TensorType;
import io.hayloft.kernels.Linear;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;

/**
 * All that is known of a model which need not be on this machine.
 *
 * @param name the name of the model, for people
 * @param config its shape
 * @param types how its matrices are stored
 * @param origin where that is known from, such as {@code its GGUF file}
 */
public record ModelShape(String name, DecoderConfig config, WeightTypes types, String origin) {
    /** The shape of a model in files. */
    public static ModelShape of(String name, Checkpoint checkpoint, String origin) {
        return new ModelShape(name, checkpoint.config(), WeightTypes.of(checkpoint), origin);
    }

    /**
     * The same model with other weights.
     *
     * @param typeName of all matrices, such as {@code q4_0}
     * @throws UserError if there is no such type
     */
    public ModelShape withWeights(String typeName) {
        for (var type : TensorType.values()) {
            if (type.name().equalsIgnoreCase(typeName)) {
                return new ModelShape(name, config, WeightTypes.uniform(config, type), origin);
            }
        }
        throw new UserError("'" + typeName + "' is not a type of weights: known are "
                + String.join(
                        ", ",
                        Arrays.stream(TensorType.values())
                                .map(type -> type.name().toLowerCase(Locale.ROOT))
                                .toList()));
    }

    /** The same model under another name. */
    ModelShape named(String other) {
        return new ModelShape(other, config, types, origin);
    }

    /** Bytes of all matrices as they lie in memory when the model is loaded. */
    public long weightBytes() {
        long bytes = outputBytes();
        for (var role : MatrixSize.matrices(config)) {
            bytes += bytes(role, -1);
        }
        var blocks = new HashSet<Integer>();
        for (int layer = 0; layer < config.layers(); layer++) {
            bytes += layerBytes(layer);
            if (config.stack().get(layer).mixer() instanceof SharedBlockConfig shared && !blocks.add(shared.block())) {
                bytes -= bytes(MatrixSize.SHARED, layer); // in memory once
            }
        }
        return bytes;
    }

    /** Bytes of the matrices that a decode step reads: of experts those that a token goes through. */
    long stepBytes() {
        long bytes = outputBytes();
        for (int layer = 0; layer < config.layers(); layer++) {
            bytes += layerBytes(layer);
            if (config.feedForward(layer) instanceof ExpertsConfig experts) {
                var parts = MatrixSize.matrices(config, layer).stream()
                        .filter(MatrixSize.EXPERT::contains)
                        .toList();
                bytes -= bytes(parts, layer) / experts.experts() * (experts.experts() - experts.chosen());
            }
        }
        return bytes;
    }

    /** Bytes of the matrices of a layer. */
    long layerBytes(int layer) {
        return bytes(MatrixSize.matrices(config, layer), layer);
    }

    private long bytes(List<Role> roles, int layer) {
        long bytes = 0;
        for (var role : roles) {
            bytes += bytes(role, layer);
        }
        return bytes;
    }

    /** Bytes of the output matrix. */
    long outputBytes() {
        return bytes(outputRole(), -1);
    }

    /** The role of the matrix that makes logits. */
    Role outputRole() {
        return config.tokens().tiedOutput() ? Role.EMBEDDING : Role.OUTPUT;
    }

    /** Bytes of a matrix, or of the matrices of all experts. */
    private long bytes(Role role, int layer) {
        var size = MatrixSize.of(config, role, layer);
        long packed = role == Role.GRIFFIN_INPUT_GATE || role == Role.GRIFFIN_DECAY_GATE
                ? (long) Float.BYTES * size.rows() * size.columns() // packed for kernels of their own
                : Linear.packedBytes(types.of(role, layer), size.rows(), size.columns());
        long aligned = (packed + NativeMemory.ALIGNMENT - 1) / NativeMemory.ALIGNMENT * NativeMemory.ALIGNMENT;
        return MatrixSize.count(config, layer, role) * aligned;
    }
}
