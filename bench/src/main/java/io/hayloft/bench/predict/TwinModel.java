package io.hayloft.bench.predict;

import io.hayloft.engine.model.LanguageModel;
import io.hayloft.engine.model.LoadOptions;
import io.hayloft.formats.checkpoint.Checkpoint;
import io.hayloft.formats.checkpoint.GgufFile;
import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.formats.config.ExpertsConfig;
import io.hayloft.formats.config.LayerConfig;
import io.hayloft.formats.config.Role;
import io.hayloft.formats.config.RwkvConfig;
import io.hayloft.formats.config.WeightSource;
import io.hayloft.formats.tensor.Tensor;
import io.hayloft.formats.tensor.TensorType;
import io.hayloft.formats.tensor.WeightRows;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.LongUnaryOperator;

/**
 * A model with the shape of another and weights that nobody trained: its caches have the same bytes and its kernels take
 * the same time, though it says nothing.
 *
 * @param values fills the rows of a weight
 */
record TwinModel(DecoderConfig config, WeightTypes types, Values values) implements Checkpoint, WeightSource {
    /** Bytes of the layers of a twin, unless one alone has more. */
    static final long MOST_LAYER_BYTES = 256L << 20;

    /** Makes the weights up. */
    @FunctionalInterface
    interface Values {
        /** The rows of a weight. */
        Tensor.RowSource rows(Role role, int layer);
    }

    /**
     * Weights of zeros, with which kernels are as fast as with any; only tokens differ, and routers send them to different
     * experts. Both must be F32.
     */
    static final Values ZEROS = (role, layer) -> role == Role.EMBEDDING || role == Role.ROUTER
            ? random(row -> row)
            : (row, dst) -> Arrays.fill(dst, (byte) 0);

    /** Random numbers from -1 to 1 as F32, drawn anew for each seed of a row. */
    static Tensor.RowSource random(LongUnaryOperator seedOfRow) {
        return (row, dst) -> {
            var random = new SplittableRandom(seedOfRow.applyAsLong(row));
            var buffer = ByteBuffer.wrap(dst).order(ByteOrder.LITTLE_ENDIAN);
            while (buffer.remaining() >= Float.BYTES) {
                buffer.putFloat((float) (2 * random.nextDouble() - 1));
            }
        };
    }

    /**
     * Some layers of a model with an output of their own. A mixture of experts that is too large has fewer of them, and at
     * least twice as many as a token goes through.
     *
     * @param layers numbers of the layers in the model
     * @param vocabulary tokens that the twin knows
     */
    static TwinModel ofLayers(ModelShape shape, List<Integer> layers, int vocabulary) {
        var all = shape.config();
        var in = all.tokens();
        var tokens = new DecoderConfig.Tokens(vocabulary, -1, List.of(), in.embeddingScale(), false, in.softCap());
        var stack = layers.stream().map(number -> small(shape, number)).toList();
        var config = new DecoderConfig(all.architecture(), all.hidden(), all.context(), tokens, all.norms(), stack);
        var types = new ArrayList<Map<Role, TensorType>>();
        for (int number : layers) {
            var ofLayer = new EnumMap<Role, TensorType>(Role.class);
            ofLayer.putAll(shape.types().layer(number));
            ofLayer.computeIfPresent(Role.ROUTER, (role, type) -> TensorType.F32);
            types.add(ofLayer);
        }
        var output = shape.types().of(shape.outputRole(), -1);
        var global = Map.of(Role.EMBEDDING, TensorType.F32, Role.OUTPUT, output);
        return new TwinModel(config, new WeightTypes(global, types), ZEROS);
    }

    private static LayerConfig small(ModelShape shape, int number) {
        var layer = shape.config().stack().get(number);
        if (!(layer.feedForward() instanceof ExpertsConfig experts)) {
            return layer;
        }
        long each = Math.max(1, shape.layerBytes(number) / experts.experts());
        int fitting = (int) Math.max(2L * experts.chosen(), MOST_LAYER_BYTES / each);
        if (fitting >= experts.experts()) {
            return layer;
        }
        var router = experts.router();
        var plain = new ExpertsConfig.Router(
                router.chosen(),
                router.scoring(),
                router.normalised(),
                router.scale(),
                router.bias(),
                router.corrected(),
                ExpertsConfig.Groups.ONE);
        return new LayerConfig(layer.mixer(), new ExpertsConfig(fitting, plain, experts.each(), experts.shared()));
    }

    /** Loads it; the caller closes it. */
    LanguageModel load(int threads) {
        return LanguageModel.load(this, LoadOptions.withThreads(threads).withoutTokenizer());
    }

    @Override
    public Optional<WeightRows> find(Role role, int layer) {
        if (role == Role.EMBEDDING_NORM && !(config.stack().getFirst().mixer() instanceof RwkvConfig)) {
            return Optional.empty(); // only RWKV has one
        }
        var size = MatrixSize.of(config, role, layer);
        var shape = new long[] {size.rows(), size.columns()};
        var type = types.of(role, layer);
        return Optional.of(WeightRows.all(Tensor.computed(role.label(), type, shape, values.rows(role, layer))));
    }

    /** Parts that are alike have the same weights. */
    @Override
    public WeightRows part(Role role, int layer, int number) {
        return get(role, layer);
    }

    @Override
    public WeightSource weights() {
        return this;
    }

    @Override
    public Path path() {
        return Path.of("the twin of a model");
    }

    @Override
    public String format() {
        return "made up";
    }

    @Override
    public Map<String, Tensor> tensors() {
        return Map.of();
    }

    @Override
    public Optional<GgufFile> gguf() {
        return Optional.empty();
    }

    @Override
    public Optional<Path> folder() {
        return Optional.empty();
    }

    @Override
    public String contentHash() {
        return "";
    }

    @Override
    public void close() {
        // nothing is open
    }
}
