package io.hayloft.bench.tune;

import io.hayloft.base.UserError;
import io.hayloft.bench.BenchSpec;
import io.hayloft.bench.predict.CachePredictor;
import io.hayloft.bench.predict.Predictor;
import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.methods.Method;
import io.hayloft.methods.registry.Methods;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;

/**
 * Which settings can meet a goal, by the bytes that they are predicted to store.
 *
 * @param full the full cache
 * @param fitting settings that meet it, in the order of the grid; with the full cache if that does
 * @param leftOut the others
 */
record Footprints(Footprint full, List<Footprint> fitting, List<Footprint> leftOut) {
    Footprints {
        fitting = List.copyOf(fitting);
        leftOut = List.copyOf(leftOut);
    }

    /**
     * Predicts.
     *
     * @param progress hears which setting is being predicted
     * @throws UserError if no setting meets the goal, with what would
     */
    static Footprints of(
            TuneSpec spec, BenchSpec run, DecoderConfig config, PromptLengths lengths, Consumer<String> progress) {
        if (lengths.longest() > config.contextLength()) {
            throw new UserError("--prompt-lengths has prompts of " + lengths.longest()
                    + " tokens, and the model was made" + " for " + config.contextLength() + ": leave them out");
        }
        var all = new ArrayList<Footprint>();
        try (var predictor = new CachePredictor(config, 1)) {
            var type = KvCodec.parse(run.cacheType());
            for (var name : run.methods()) {
                progress.accept("predicting the bytes of " + name);
                all.add(of(Methods.parse(name), type, predictor, lengths));
            }
        }
        var full = all.getFirst();
        var goal = spec.goal();
        var fitting = all.stream().filter(one -> goal.fits(one, full)).toList();
        if (fitting.isEmpty()) {
            var smallest = all.stream()
                    .min(Comparator.comparingDouble(Footprint::high))
                    .orElse(full);
            throw new UserError("no setting fits: with prompts of " + words(lengths) + " the smallest is "
                    + smallest.method() + " with " + goal.smallest(smallest) + ", the full cache takes "
                    + goal.smallest(full) + ". Give a larger budget, shorter prompts, or other --methods");
        }
        return new Footprints(
                full, fitting, all.stream().filter(one -> !goal.fits(one, full)).toList());
    }

    private static String words(PromptLengths lengths) {
        return lengths.bins().size() == 1
                ? lengths.longest() + " tokens"
                : lengths.bins().getFirst().tokens() + " to " + lengths.longest() + " tokens, weighted,";
    }

    private static Footprint of(Method method, KvCodec type, CachePredictor predictor, PromptLengths lengths) {
        double bytes = 0;
        double low = 0;
        double high = 0;
        for (var bin : lengths.bins()) {
            var sizes = predictor.sizes(method, type, Predictor.tokensRead(method, bin.tokens()));
            bytes += bin.weight() * sizes.stored();
            low += bin.weight() * sizes.low();
            high += bin.weight() * sizes.high();
        }
        return new Footprint(method.name(), bytes, low, high, lengths.tokens());
    }
}
