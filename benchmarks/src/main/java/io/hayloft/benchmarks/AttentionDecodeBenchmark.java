package io.hayloft.benchmarks;

import io.hayloft.engine.attention.AttentionShape;
import io.hayloft.engine.attention.DecodeAttention;
import io.hayloft.engine.cache.CachePolicy;
import io.hayloft.engine.cache.KvCodec;
import io.hayloft.engine.cache.LayerCache;
import io.hayloft.engine.cache.SequenceCache;
import io.hayloft.engine.kernel.WorkerPool;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Milliseconds of one layer's attention for one new token over a long cache, by codec. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(
        value = 1,
        jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 5, time = 2)
public class AttentionDecodeBenchmark {
    @Param({"f32", "f16", "q8", "kivi(k=4,v=4)", "kivi(k=2,v=2)"})
    String codec;

    /** KV heads x query heads of each x channels. */
    @Param({"8x4x64", "3x3x64"})
    String heads;

    @Param({"4096", "16384"})
    int tokens;

    @Param("1")
    int threads;

    private WorkerPool pool;
    private SequenceCache cache;
    private AttentionShape shape;
    private LayerCache[] layers;
    private final @Nullable CachePolicy[] policies = {null};
    private int[] positions;
    private float[] q;
    private float[] out;

    @Setup
    public void prepare() {
        pool = new WorkerPool(threads);
        shape = SampleCache.shape(heads);
        cache = SampleCache.filled(shape, KvCodec.parse(codec), tokens);
        layers = new LayerCache[] {cache.layer(0)};
        positions = new int[] {tokens - 1};
        q = SampleWeights.activations(shape.rowSize());
        out = new float[q.length];
    }

    @TearDown(Level.Trial)
    public void close() {
        cache.close();
        pool.close();
    }

    @Benchmark
    public float[] attend() {
        DecodeAttention.attend(shape, 0, layers, policies, q, positions, out, pool);
        return out;
    }
}
