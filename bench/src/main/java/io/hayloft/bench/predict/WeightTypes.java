package io.hayloft.bench.predict;

import io.hayloft.formats.checkpoint.Checkpoint;
import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.formats.config.Role;
import io.hayloft.formats.tensor.TensorType;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How the matrices of a model are stored.
 *
 * @param global of the embedding and the output
 * @param layers of the matrices of each layer
 */
public record WeightTypes(Map<Role, TensorType> global, List<Map<Role, TensorType>> layers) {

    /** Copies the collections. */
    public WeightTypes {
        global = Map.copyOf(global);
        layers = layers.stream().map(Map::copyOf).toList();
    }

    private static List<Role> global(DecoderConfig config) {
        var roles = new ArrayList<>(List.of(Role.EMBEDDING, Role.OUTPUT));
        roles.addAll(MatrixSize.matrices(config));
        return roles;
    }

    /** The types of a model's tensors. A role that the files do not have gets F16. */
    static WeightTypes of(Checkpoint checkpoint) {
        var layers = new ArrayList<Map<Role, TensorType>>();
        for (int layer = 0; layer < checkpoint.config().layers(); layer++) {
            layers.add(types(checkpoint, MatrixSize.matrices(checkpoint.config(), layer), layer));
        }
        return new WeightTypes(types(checkpoint, global(checkpoint.config()), -1), layers);
    }

    private static Map<Role, TensorType> types(Checkpoint checkpoint, List<Role> roles, int layer) {
        var types = new EnumMap<Role, TensorType>(Role.class);
        for (var role : roles) {
            var rows = role.ofParts()
                    ? Optional.of(checkpoint.weights().part(role, layer, 0)) // the others are stored alike
                    : checkpoint.weights().find(role, layer);
            types.put(role, rows.map(found -> found.tensor().type()).orElse(TensorType.F16));
        }
        return types;
    }

    /** One type for all matrices; F16 for those whose rows are not a whole number of its blocks. */
    static WeightTypes uniform(DecoderConfig config, TensorType type) {
        var layers = new ArrayList<Map<Role, TensorType>>();
        for (int layer = 0; layer < config.layers(); layer++) {
            layers.add(types(config, MatrixSize.matrices(config, layer), layer, type));
        }
        return new WeightTypes(types(config, global(config), -1, type), layers);
    }

    private static Map<Role, TensorType> types(DecoderConfig config, List<Role> roles, int layer, TensorType type) {
        var types = new EnumMap<Role, TensorType>(Role.class);
        for (var role : roles) {
            boolean fits = MatrixSize.of(config, role, layer).columns() % type.blockElements() == 0;
            types.put(role, fits ? type : TensorType.F16);
        }
        return types;
    }

    /** The type of a matrix; F32 for vectors. */
    TensorType of(Role role, int layer) {
        var types = layer < 0 ? global : layers.get(layer);
        return types.getOrDefault(role, TensorType.F32);
    }

    /** The types of the matrices of a layer. */
    Map<Role, TensorType> layer(int layer) {
        return layers.get(layer);
    }
}
