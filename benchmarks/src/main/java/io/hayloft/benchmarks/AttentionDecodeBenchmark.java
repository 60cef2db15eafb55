package io.hayloft.benchmarks;

import io.hayloft.kernels.WorkerPool;
import io.hayloft.kernels.machine.MachineLimits;
import io.hayloft.kv.attention.AttentionShape;
import io.hayloft.kv.attention.DecodeAttention;
import io.hayloft.kv.cache.CachePolicy;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.kv.cache.LayerCache;
import io.hayloft.kv.cache.SequenceCache;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.AuxCounters;
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

/**
 * One layer's attention for one new token over a long cache, by codec; the counters are the arithmetic as a share
 * of the machine's peak, and the cache's bytes as a share of its bandwidth.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
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

    private MachineLimits limits;
    private WorkerPool pool;
    private SequenceCache cache;
    private AttentionShape shape;
    private LayerCache[] layers;
    private final @Nullable CachePolicy[] policies = {null};
    private int[] positions;
    private float[] q;
    private float[] out;

    /** Work done, which JMH divides by the time. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.OPERATIONS)
    public static class Work {
        public double shareOfPeak;
        public double shareOfBandwidth;
    }

    @Setup
    public void prepare() {
        limits = MachineLimits.measure(threads);
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
    public float[] attend(Work work) {
        DecodeAttention.attend(shape, 0, layers, policies, q, positions, out, pool);
        work.shareOfPeak += 4e-9 * shape.rowSize() * tokens / limits.gflops();
        work.shareOfBandwidth += 1e-9 * cache.bytes() / limits.gigabytesPerSecond();
        return out;
    }
}
