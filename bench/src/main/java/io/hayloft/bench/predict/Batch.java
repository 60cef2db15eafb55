package io.hayloft.bench.predict;

import io.hayloft.engine.generation.PrefillPattern;
import io.hayloft.methods.Method;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Sequences that decode together: they are of the same text, which was read in the same way. */
record Batch(Optional<?> text, PrefillPattern pattern) {
    static Batch of(Method method) {
        return new Batch(method.prompt().filter(step -> !step.keepsAll()), method.prefillPattern());
    }

    /** How many of the methods are in each batch. */
    static Map<Batch, Integer> sizes(List<Method> methods) {
        var sizes = new LinkedHashMap<Batch, Integer>();
        methods.forEach(method -> sizes.merge(of(method), 1, Integer::sum));
        return sizes;
    }

    /** The method whose signals make reading slowest among those that share a prefill with this one. */
    static Method reader(Method method, List<Method> methods) {
        var batch = of(method);
        return methods.stream()
                .filter(other ->
                        other.signals().accumulatedAttention() && of(other).equals(batch))
                .findFirst()
                .orElse(method);
    }
}
