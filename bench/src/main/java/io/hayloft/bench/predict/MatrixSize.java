package io.hayloft.bench.predict;

import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.formats.config.Role;

/**
 * The size of a weight: {@code [rows][columns]}; a vector is one row.
 *
 * @param layer layer from 0, -1 for roles that exist once a model
 */
record MatrixSize(DecoderConfig config, Role role, int layer) {
    /** Rows; 1 for a vector. */
    int rows() {
        return switch (role) {
            case EMBEDDING, OUTPUT -> config.vocabulary();
            case QUERY -> config.attention(layer).queryWidth();
            case KEY, VALUE -> config.attention(layer).kvWidth();
            case GATE, UP -> config.feedForward(layer).width();
            case ATTENTION_OUTPUT, DOWN -> config.hidden();
            default -> 1;
        };
    }

    /** Columns; elements of a vector. */
    int columns() {
        return switch (role) {
            case ATTENTION_OUTPUT, QUERY_BIAS -> config.attention(layer).queryWidth();
            case KEY_BIAS, VALUE_BIAS -> config.attention(layer).kvWidth();
            case QUERY_NORM, KEY_NORM -> config.attention(layer).headDim();
            case DOWN -> config.feedForward(layer).width();
            default -> config.hidden();
        };
    }
}
