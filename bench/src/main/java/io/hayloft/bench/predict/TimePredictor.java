package io.hayloft.bench.predict;

import io.hayloft.engine.generation.PrefillPattern;
import io.hayloft.engine.model.SignalRequest;
import io.hayloft.formats.config.AttentionConfig;
import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.formats.config.LayerConfig;
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
    private final ModelShape shape;
    private final KvCodec cacheType;
    private final int threads;
    private final Consumer<String> progress;
    private final Stopwatch watch;
    private final LayerKinds kinds;
    private final boolean measures;
    private Machine machine;
    private boolean estimated;
    private @Nullable StepTwin step;

    /**
     * A predictor for a model on a machine.
     *
     * @param machine where the program will run, measured if it is this one and its description lacks something
     * @param watch for that
     * @param progress hears what is being measured
     */
    TimePredictor(
            ModelShape shape,
            KvCodec cacheType,
            int threads,
            Machine machine,
            Stopwatch watch,
            Consumer<String> progress) {
        this.watch = watch;
        this.shape = shape;
        this.cacheType = cacheType;
        this.threads = threads;
        this.machine = machine;
        this.measures = machine.isHere(threads);
        this.progress = progress;
        this.kinds = LayerKinds.byAttention(shape.config());
    }

    /**
     * Why the time of a model is not predicted; empty if it is. Units of work are those of matrix products and of attention:
     * a recurrent state takes time of its own, and of experts each token goes through others.
     */
    static Optional<String> refusal(DecoderConfig config) {
        for (var layer : config.stack()) {
            if (!(layer.mixer() instanceof AttentionConfig attention)) {
                return Optional.of("time is not predicted for models with recurrent states");
            }
            if (!attention.additions().equals(AttentionConfig.Additions.NONE)) {
                return Optional.of("time is predicted for models with plain attention only");
            }
            if (!(layer.feedForward() instanceof LayerConfig.FeedForward)) {
                return Optional.of("time is predicted for models with dense feed-forward parts only");
            }
        }
        return Optional.empty();
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
        measureReading(method);
        var config = shape.config();
        var work = new ReadWork(config);
        double most = most(method, sizes);
        double seconds = shape.outputBytes() * seconds(weights());
        for (var kind : kinds.kinds()) {
            double linear = 0;
            for (int layer = 0; layer < config.layers(); layer++) {
                var own = config.stack().get(layer);
                boolean same =
                        own.mixer().equals(config.stack().get(kind.first()).mixer());
                linear += same ? work.linear(own, tokens, layer == config.layers() - 1) : 0;
            }
            double attention = kind.count() * ReadWork.attention(config.attention(kind.first()), 0, tokens, most);
            seconds += linear * seconds(linear(kind)) + attention * seconds(attention(kind, method), method);
        }
        return seconds;
    }

    /** Tokens that a query looks at, at most, while the prompt is read. */
    private double most(Method method, CacheSizes sizes) {
        if (!(method.prefillPattern() instanceof PrefillPattern.Own)) {
            return Double.MAX_VALUE;
        }
        double widths = 0;
        for (int layer = 0; layer < shape.config().layers(); layer++) {
            widths += shape.config().attention(layer).queryWidth();
        }
        return sizes.channels() / widths;
    }

    /** Seconds of a decode step behind a prompt. */
    double step(Method method, CacheSizes sizes) {
        long bytes = shape.weightBytes();
        return bytes * seconds(weights()) + sizes.channels() * seconds(attended(sizes.form()), method);
    }

    private Cost linear(LayerKinds.Kind kind) {
        var layer = shape.config().stack().get(kind.first());
        return new Cost(Cost.Sort.READ_LINEAR, CostNames.layer(shape, layer, kind.first()));
    }

    private Cost attention(LayerKinds.Kind kind, Method method) {
        var layer = shape.config().stack().get(kind.first());
        var pattern =
                CostNames.pattern(method.prefillPattern(), method.signals().accumulatedAttention());
        return new Cost(Cost.Sort.READ_ATTENTION, CostNames.attention(layer) + ", " + cacheType.text() + pattern);
    }

    private Cost weights() {
        return new Cost(Cost.Sort.STEP_WEIGHTS, CostNames.model(shape));
    }

    private Cost attended(String form) {
        return new Cost(
                Cost.Sort.STEP_ATTENTION,
                CostNames.attention(shape.config().stack().getFirst()) + ", " + form);
    }

    private double seconds(Cost cost) {
        return seconds(cost, Methods.parse("full"));
    }

    /** Seconds of a unit; measured with this method if need be. */
    private double seconds(Cost cost, Method method) {
        var known = machine.seconds(cost);
        if (known.isPresent()) {
            return known.getAsDouble();
        }
        if (!measures) {
            estimated = true;
            return machine.estimate(cost);
        }
        measure(cost, method);
        return machine.seconds(cost).orElseGet(() -> machine.estimate(cost));
    }

    private void measure(Cost cost, Method method) {
        progress.accept("measuring this machine: " + cost.key());
        switch (cost.sort()) {
            case STEP_WEIGHTS -> measureStep();
            case STEP_ATTENTION -> {
                double secondsOfByte = seconds(weights());
                if (machine.seconds(cost).isEmpty()) {
                    machine = machine.with(cost, stepTwin().attention(method, secondsOfByte));
                }
            }
            case READ_LINEAR, READ_ATTENTION -> throw new IllegalStateException("measured by layer");
        }
    }

    private void measureStep() {
        var full = stepTwin().full(Methods.parse("full"));
        machine = machine.with(weights(), full.weights()).with(attended(cacheType.text()), full.attention());
    }

    private StepTwin stepTwin() {
        if (step == null) {
            step = new StepTwin(shape, cacheType, threads, watch);
        }
        return step;
    }

    /** Measures what reading takes in layers of a kind, unless it is known. */
    private void measureReading(Method method) {
        for (var kind : kinds.kinds()) {
            var full = Methods.parse("full");
            boolean known = machine.seconds(linear(kind)).isPresent()
                    && machine.seconds(attention(kind, full)).isPresent();
            if (!measures || (known && machine.seconds(attention(kind, method)).isPresent())) {
                continue;
            }
            progress.accept("measuring this machine: " + attention(kind, method).key());
            try (var twin = new ReadTwin(shape, kind.first(), cacheType, threads, watch)) {
                if (!known) {
                    var exact = twin.exact();
                    machine = machine.with(linear(kind), exact.linear()).with(attention(kind, full), exact.attention());
                }
                if (machine.seconds(attention(kind, method)).isEmpty()) {
                    double linear = machine.seconds(linear(kind)).orElseThrow();
                    var signals = new SignalRequest(0, method.signals().accumulatedAttention());
                    double seconds = twin.attention(method.prefillPattern(), signals, linear);
                    machine = machine.with(attention(kind, method), seconds);
                }
            }
        }
    }

    @Override
    public void close() {
        if (step != null) {
            step.close();
        }
    }
}
