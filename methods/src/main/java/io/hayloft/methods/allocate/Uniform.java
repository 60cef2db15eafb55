package io.hayloft.methods.allocate;

import io.hayloft.methods.Allocator;
import io.hayloft.methods.LayerScores;
import java.util.List;

/** Every head keeps as many tokens as any other: the default of all evicting methods. */
public record Uniform() implements Allocator {
    @Override
    public int[][] tokens(List<LayerScores> layers, long total) {
        long heads = 0;
        for (var layer : layers) {
            heads += layer.heads();
        }
        var tokens = new int[layers.size()][];
        long before = 0;
        for (int layer = 0; layer < tokens.length; layer++) {
            tokens[layer] = new int[layers.get(layer).heads()];
            for (int head = 0; head < tokens[layer].length; head++) {
                tokens[layer][head] = (int) (total / heads + (before++ < total % heads ? 1 : 0));
            }
        }
        return tokens;
    }
}
