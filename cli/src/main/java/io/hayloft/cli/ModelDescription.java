package io.hayloft.cli;

import io.hayloft.base.UserError;
import io.hayloft.engine.model.CheckpointText;
import io.hayloft.engine.model.Shapes;
import io.hayloft.formats.checkpoint.Checkpoint;
import io.hayloft.formats.config.AttentionConfig;
import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.formats.config.ExpertsConfig;
import io.hayloft.formats.config.LayerConfig;
import io.hayloft.formats.config.ParallelMixers;
import io.hayloft.formats.config.SharedBlockConfig;
import io.hayloft.formats.tensor.Tensor;
import io.hayloft.formats.tensor.TensorType;
import io.hayloft.hub.ResolvedModel;
import io.hayloft.kernels.PrefillBackends;
import io.hayloft.kv.cache.CacheShape;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.tokenizer.ChatFormat;
import io.hayloft.tokenizer.ChatMessage;
import io.hayloft.tokenizer.ThinkTags;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The description of a model that {@code hayloft inspect} prints. Sizes of the cache are those of a full f16 cache.
 *
 * @param parameters elements of all tensors
 * @param feedForward width of the widest feed-forward part; 0 without any
 * @param experts experts of a layer that has some, of which a token goes through {@code chosenExperts}; 0 without any
 * @param queryHeads of the first layer with attention; 0 without any, as {@code kvHeads} and {@code headDim}
 * @param attentionLayers layers with attention
 * @param recurrentLayers layers with a recurrent mixer, which attention may stand beside
 * @param stateBytes recurrent states of a sequence, whatever its length
 * @param slidingLayers layers that see a window only
 * @param window tokens that they see
 * @param context tokens that fit
 * @param scaledContext tokens that the model was made for, the scaling of its rotation counted in
 * @param statedContext tokens that its config states
 * @param tokenizer one line about it, or why there is none
 * @param chatFormat whether the model brings a chat template
 * @param chatProblem why this template cannot write a short chat; null if it can, or there is none
 * @param thinkTags the tags between which the model writes thoughts before it answers a chat; null if it is not known to
 * @param tensors how many tensors there are of each type
 * @param backendCopies memory that each backend takes for its copy of the layers' matrices
 * @param cacheBytesPerToken what a token adds at the start, in all layers
 * @param cacheBytesPerTokenBeyondWindow what it adds once the windows are full, in the layers that see all
 * @param cacheSizes size of the whole cache at some lengths, the model's context last
 */
record ModelDescription(
        String name,
        String path,
        String format,
        String architecture,
        long parameters,
        int layers,
        int hidden,
        int feedForward,
        int experts,
        int chosenExperts,
        int expertWidth,
        int queryHeads,
        int kvHeads,
        int headDim,
        boolean latentAttention,
        int attentionLayers,
        int readingLayers,
        int recurrentLayers,
        long stateBytes,
        int slidingLayers,
        int window,
        int context,
        int scaledContext,
        int statedContext,
        int vocabulary,
        String tokenizer,
        boolean chatFormat,
        @Nullable String chatProblem,
        @Nullable ThinkTags thinkTags,
        List<TensorCount> tensors,
        List<BackendCopy> backendCopies,
        long cacheBytesPerToken,
        long cacheBytesPerTokenBeyondWindow,
        List<CacheSize> cacheSizes) {
    private static final int[] LENGTHS = {1024, 4096, 16384};

    /** Tensors of one type and their bytes. */
    record TensorCount(TensorType type, int count, long bytes) {}

    /** Bytes of a backend's copy of the matrices. */
    record BackendCopy(String backend, long bytes) {}

    /** Bytes of a full cache of this many tokens. */
    record CacheSize(int tokens, long bytes) {}

    static ModelDescription of(ResolvedModel found, Checkpoint checkpoint) {
        var config = checkpoint.config();
        var tensors = checkpoint.tensors().values();
        var shape = Shapes.cache(config);
        var attention = config.firstAttention();
        var count = Layers.of(config);
        var chat = CheckpointText.chat(checkpoint);
        return new ModelDescription(
                found.name(),
                found.path().toString(),
                checkpoint.format(),
                config.architecture(),
                tensors.stream()
                        .mapToLong(tensor -> tensor.rows() * tensor.columns())
                        .sum(),
                config.layers(),
                config.hidden(),
                count.feedForward,
                count.experts,
                count.chosen,
                count.expertWidth,
                attention.map(AttentionConfig::queryHeads).orElse(0),
                attention.map(AttentionConfig::kvHeads).orElse(0),
                attention.map(AttentionConfig::headDim).orElse(0),
                attention.map(own -> own.additions().latent() != null).orElse(false),
                count.attention,
                count.reading,
                count.recurrent,
                shape.stateBytes(),
                count.sliding,
                count.window,
                config.contextLength(),
                config.context().scaled(),
                config.context().stated(),
                config.vocabulary(),
                tokenizer(checkpoint),
                chat.isPresent(),
                chat.map(ModelDescription::problem).orElse(null),
                chat.map(format -> thinkTags(format, checkpoint)).orElse(null),
                count(tensors),
                backendCopies(Shapes.layerWeights(config)),
                shape.fullBytes(1, new KvCodec.F16()) - shape.stateBytes(),
                beyondWindow(shape),
                cacheSizes(shape, config.contextLength()));
    }

    private static long beyondWindow(CacheShape shape) {
        long bytes = 0;
        for (int layer = 0; layer < shape.layers(); layer++) {
            bytes += shape.seesAll(layer) ? shape.shapes().get(layer).bytes(1, 1, new KvCodec.F16()) : 0;
        }
        return bytes;
    }

    /** Layers by kind, and the largest of their parts. */
    private static final class Layers {
        int attention;
        int recurrent;
        int sliding;
        int window;
        int feedForward;
        int experts;
        int chosen;
        int expertWidth;
        int reading; // the keys and values of others

        static Layers of(DecoderConfig config) {
            var count = new Layers();
            for (int i = 0; i < config.layers(); i++) {
                var layer = config.stack().get(i);
                boolean recurrent = layer.mixer() instanceof LayerConfig.Recurrent
                        || layer.mixer() instanceof ParallelMixers
                        || layer.mixer() instanceof SharedBlockConfig;
                count.recurrent += recurrent ? 1 : 0;
                config.findAttention(i).ifPresent(attention -> {
                    count.attention++;
                    count.reading += attention.keepsKv() ? 0 : 1;
                    count.sliding += attention.sliding() ? 1 : 0;
                    count.window = Math.max(count.window, attention.window());
                });
                count.feedForward = Math.max(count.feedForward, config.innerWidth(i));
                if (layer.feedForward() instanceof ExpertsConfig experts) {
                    count.experts = experts.experts();
                    count.chosen = experts.chosen();
                    count.expertWidth = experts.each().width();
                }
            }
            return count;
        }
    }

    private static List<BackendCopy> backendCopies(long weights) {
        return PrefillBackends.installed().stream()
                .map(backend -> new BackendCopy(backend.name(), backend.bytesFor(weights)))
                .toList();
    }

    private static List<CacheSize> cacheSizes(CacheShape shape, int context) {
        var sizes = new ArrayList<CacheSize>();
        for (int tokens : LENGTHS) {
            if (tokens < context) {
                sizes.add(new CacheSize(tokens, shape.fullBytes(tokens, new KvCodec.F16())));
            }
        }
        sizes.add(new CacheSize(context, shape.fullBytes(context, new KvCodec.F16())));
        return sizes;
    }

    private static List<TensorCount> count(Collection<Tensor> tensors) {
        var counts = new EnumMap<TensorType, TensorCount>(TensorType.class);
        for (var tensor : tensors) {
            long bytes = tensor.rows() * tensor.rowBytes();
            counts.merge(
                    tensor.type(),
                    new TensorCount(tensor.type(), 1, bytes),
                    (a, b) -> new TensorCount(a.type(), a.count() + b.count(), a.bytes() + b.bytes()));
        }
        return List.copyOf(counts.values());
    }

    /** A model without a tokenizer can still be looked at. */
    private static String tokenizer(Checkpoint checkpoint) {
        try (var tokenizer = CheckpointText.tokenizer(checkpoint)) {
            return tokenizer.describe();
        } catch (UserError e) {
            return "none: " + e.getMessage();
        }
    }

    /** Renders a short chat: what is wrong with a template shows when it runs. */
    private static @Nullable String problem(ChatFormat format) {
        try {
            var chat = List.of(new ChatMessage("user", "Hi"));
            return format.render(chat, true).contains("Hi") ? null : "the chat template leaves out the user's message";
        } catch (UserError e) {
            return e.getMessage();
        }
    }

    private static @Nullable ThinkTags thinkTags(ChatFormat format, Checkpoint checkpoint) {
        try (var tokenizer = CheckpointText.tokenizer(checkpoint)) {
            return ThinkTags.of(format, tokenizer).orElse(null);
        } catch (UserError e) {
            return null; // the line about the tokenizer says why there is none
        }
    }
}
