package io.hayloft.bench.predict;

import io.hayloft.engine.generation.PrefillPattern;
import io.hayloft.engine.model.SignalRequest;
import io.hayloft.formats.config.AttentionConfig;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.methods.Method;
import io.hayloft.methods.registry.Methods;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Predicts time: work, counted from the shapes, times what a unit of it costs on a machine. A cost that the machine's
 * description lacks is measured if it describes this machine, else taken from other models on that one.
 */
final class TimePredictor implements AutoCloseable {
    private static final Method FULL = Methods.parse("full");

    private final ModelShape shape;
    private final KvCodec cacheType;
    private final int threads;
    private final Consumer<String> progress;
    private final Stopwatch watch;
    private final LayerKinds kinds;
    private final int kvLayers;
    private final boolean measures;
    private final boolean ofMethods;
    private Machine machine;
    private boolean estimated;
    private @Nullable StepTwin methodTwin;

    /**
     * A predictor for a model on a machine.
     *
     * @param machine where the program will run, measured if it is this one and its description lacks something
     * @param watch for that
     * @param ofMethods whether what methods do is measured; if not, their caches cost what as many tokens of a full one do
     * @param progress hears what is being measured
     */
    TimePredictor(
            ModelShape shape,
            KvCodec cacheType,
            int threads,
            Machine machine,
            Stopwatch watch,
            boolean ofMethods,
            Consumer<String> progress) {
        this.ofMethods = ofMethods;
        this.watch = watch;
        this.shape = shape;
        this.cacheType = cacheType;
        this.threads = threads;
        this.machine = machine;
        this.measures = machine.isHere(threads);
        this.progress = progress;
        this.kinds = LayerKinds.byLayer(shape.config());
        int withAttention = 0;
        for (var kind : kinds.kinds()) {
            withAttention += attentionOf(kind).isPresent() ? kind.count() : 0;
        }
        this.kvLayers = withAttention;
    }

    /** The machine with all that was measured. */
    Machine machine() {
        return machine;
    }

    /** Whether a cost was taken from other models. */
    boolean estimated() {
        return estimated;
    }

    /** Seconds of reading a prompt. */
    double prefill(Method method, CacheSizes sizes, int tokens) {
        var config = shape.config();
        var work = new ReadWork(config);
        double most = most(method, sizes);
        double seconds = shape.outputBytes() * seconds(weights());
        for (var kind : kinds.kinds()) {
            var how = how(kind, method);
            measureReading(kind, how);
            double linear = 0;
            for (int layer = 0; layer < config.layers(); layer++) {
                boolean same = config.stack().get(layer).equals(config.stack().get(kind.first()));
                linear += same ? work.linear(layer, tokens) : 0;
            }
            seconds += linear * seconds(linear(kind, how));
            var attention = attentionOf(kind);
            if (attention.isPresent()) {
                double looks = kind.count() * ReadWork.attention(attention.get(), 0, tokens, most);
                seconds += looks * seconds(attention(kind, how));
            }
        }
        return seconds;
    }

    /** Tokens that a query looks at, at most, while the prompt is read. */
    private double most(Method method, CacheSizes sizes) {
        if (!(method.prefillPattern() instanceof PrefillPattern.Own)) {
            return Double.MAX_VALUE;
        }
        double widths = 0;
        for (var kind : kinds.kinds()) {
            widths += kind.count()
                    * attentionOf(kind).map(AttentionConfig::queryWidth).orElse(0);
        }
        return sizes.channels() / widths;
    }

    /** Seconds of building the cache of a prompt that has been read. */
    double build(Method method, CacheSizes sizes, int tokens) {
        if (method.keepsAll() || kvLayers == 0 || !ofMethods) {
            return 0;
        }
        measureMethod(method, sizes);
        return (double) tokens * kvLayers * seconds(new Cost(Cost.Sort.BUILD, of(method)));
    }

    /**
     * Seconds of a decode step behind a prompt: of all work on the weights, and of a sequence's own.
     *
     * @param rows sequences that decode together
     */
    double step(Method method, CacheSizes sizes, int rows) {
        double seconds = weights(rows);
        if (kvLayers == 0) {
            return seconds;
        }
        var form = ofMethods ? sizes.form() : cacheType.text();
        if (!form.equals(cacheType.text())) {
            measureMethod(method, sizes);
            seconds += kvLayers * seconds(new Cost(Cost.Sort.STEP_UPKEEP, of(form)));
        }
        return seconds + sizes.channels() * seconds(attended(form));
    }

    /** Seconds of the work on the weights in a step of several sequences. */
    double weights(int rows) {
        double alone = shape.stepBytes() * seconds(weights());
        if (rows == 1) {
            return alone;
        }
        var cost = new Cost(Cost.Sort.STEP_WEIGHTS, weights().detail() + ", " + rows + " rows");
        if (measures && machine.seconds(cost).isEmpty()) {
            progress.accept("measuring this machine: " + cost.key());
            double attention = kvLayers == 0 ? 0 : seconds(attended(cacheType.text()));
            try (var twin = StepTwin.ofModel(shape, cacheType, threads, watch)) {
                machine = machine.with(cost, twin.lockstep(FULL, rows, attention));
            }
        }
        return Math.max(alone, shape.stepBytes() * seconds(cost));
    }

    private Optional<AttentionConfig> attentionOf(LayerKinds.Kind kind) {
        return shape.config().findAttention(kind.first());
    }

    /** How layers read a prompt. */
    private record ReadPattern(PrefillPattern pattern, SignalRequest signals) {
        static final ReadPattern USUAL = new ReadPattern(PrefillPattern.EXACT, SignalRequest.NONE);

        String name() {
            return CostNames.pattern(pattern, signals.accumulatedAttention());
        }
    }

    /** How a method has layers of a kind read: without attention in the usual way, within a window without signals. */
    private ReadPattern how(LayerKinds.Kind kind, Method method) {
        var attention = attentionOf(kind);
        if (attention.isEmpty()) {
            return ReadPattern.USUAL;
        }
        boolean recorded =
                method.signals().accumulatedAttention() && !attention.get().sliding();
        return new ReadPattern(method.prefillPattern(), new SignalRequest(0, recorded));
    }

    private Cost linear(LayerKinds.Kind kind, ReadPattern how) {
        var layer = shape.config().stack().get(kind.first());
        return new Cost(Cost.Sort.READ_LINEAR, CostNames.layer(shape, layer, kind.first()) + how.name());
    }

    private Cost attention(LayerKinds.Kind kind, ReadPattern how) {
        var layer = shape.config().stack().get(kind.first());
        return new Cost(
                Cost.Sort.READ_ATTENTION, CostNames.mixer(layer.mixer()) + ", " + cacheType.text() + how.name());
    }

    private Cost weights() {
        return new Cost(Cost.Sort.STEP_WEIGHTS, CostNames.model(shape));
    }

    private Cost attended(String form) {
        return new Cost(Cost.Sort.STEP_ATTENTION, of(form));
    }

    /** The detail of a cost in the layers with attention. */
    private String of(String form) {
        return shape.config().firstAttention().map(CostNames::attention).orElse("") + ", " + form;
    }

    private String of(Method method) {
        return of(method.family() + ", " + cacheType.text());
    }

    /** Seconds of a unit, measured if need be. */
    private double seconds(Cost cost) {
        var known = machine.seconds(cost);
        if (known.isEmpty() && measures && cost.sort() == Cost.Sort.STEP_WEIGHTS) {
            measureStep();
            known = machine.seconds(cost);
        }
        estimated |= known.isEmpty();
        return known.orElseGet(() -> machine.estimate(cost));
    }

    private void measureStep() {
        progress.accept("measuring this machine: " + weights().key());
        try (var twin = StepTwin.ofModel(shape, cacheType, threads, watch)) {
            var full = twin.full(FULL);
            machine = machine.with(weights(), full.weights());
            if (kvLayers > 0) {
                machine = machine.with(attended(cacheType.text()), full.attention());
            }
        }
    }

    /** Measures what a method does, unless it is known. */
    private void measureMethod(Method method, CacheSizes sizes) {
        var build = new Cost(Cost.Sort.BUILD, of(method));
        var looks = attended(sizes.form());
        var upkeep = new Cost(Cost.Sort.STEP_UPKEEP, of(sizes.form()));
        boolean full = sizes.form().equals(cacheType.text()); // it looks at tokens as the full cache does
        boolean known = machine.seconds(looks).isPresent()
                && (full || machine.seconds(upkeep).isPresent());
        if (!measures || (known && machine.seconds(build).isPresent())) {
            return;
        }
        progress.accept("measuring this machine: " + method.name());
        if (methodTwin == null) {
            methodTwin = StepTwin.ofMethods(shape, cacheType, threads, watch);
        }
        var seconds = methodTwin.method(method, FULL);
        machine = machine.with(build, seconds.build());
        if (!known) {
            machine = machine.with(looks, seconds.attention()).with(upkeep, seconds.upkeep());
        }
    }

    /** Measures what reading takes in layers of a kind, unless it is known. */
    private void measureReading(LayerKinds.Kind kind, ReadPattern how) {
        var linear = linear(kind, how);
        boolean attends = attentionOf(kind).isPresent();
        boolean known = machine.seconds(linear).isPresent()
                && (!attends || machine.seconds(attention(kind, how)).isPresent());
        if (!measures || known) {
            return;
        }
        progress.accept("measuring this machine: " + linear.key());
        try (var twin = new ReadTwin(shape, kind.first(), cacheType, threads, watch)) {
            var seconds = twin.measure(how.pattern(), how.signals());
            machine = machine.with(linear, seconds.linear());
            if (attends) {
                machine = machine.with(attention(kind, how), seconds.attention());
            }
        }
    }

    @Override
    public void close() {
        if (methodTwin != null) {
            methodTwin.close();
        }
    }
}
