package io.hayloft.formats.config;

import io.hayloft.base.UserError;
import io.hayloft.formats.tensor.WeightRows;
import java.util.Optional;

/**
 * The weights of a decoder by what they do. Shapes agree with the {@link DecoderConfig} and the rows of queries and
 * keys are in the order of the half-split rotation, whatever the file's names and order are.
 */
public interface WeightSource {
    /**
     * The weight of a role.
     *
     * @param layer layer from 0, or -1 for {@linkplain Role#global() global} roles
     * @return empty if the file has no such tensor
     * @throws UserError if the tensor has the wrong shape
     */
    Optional<WeightRows> find(Role role, int layer);

    /**
     * The weight of a role that the model cannot do without.
     *
     * @throws UserError if the tensor is missing or has the wrong shape
     */
    default WeightRows get(Role role, int layer) {
        return find(role, layer)
                .orElseThrow(() -> new UserError(
                        "the model has no " + role.label() + " weight" + (layer < 0 ? "" : " in layer " + layer)));
    }

    /**
     * The weight of one of many parts that are alike: of an expert, or of a head of latent attention.
     *
     * @param role of such a part
     * @param number of the part, from 0
     * @throws UserError if the tensor is missing or has the wrong shape
     */
    default WeightRows part(Role role, int layer, int number) {
        throw new UserError("the model has no " + role.label() + " weight in layer " + layer);
    }
}
