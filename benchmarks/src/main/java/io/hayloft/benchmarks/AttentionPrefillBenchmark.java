package io.hayloft.benchmarks;

import io.hayloft.kernels.WorkerPool;
import io.hayloft.kernels.machine.MachineLimits;
import io.hayloft.kv.attention.AttentionShape;
import io.hayloft.kv.attention.PrefillAttention;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.kv.cache.SequenceCache;
import java.util.concurrent.TimeUnit;
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
 * One layer's attention for the last 512 rows of a prompt; the counters are GFLOPS and their share of the
 * machine's peak.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(
        value = 1,
        jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 5, time = 2)
public class AttentionPrefillBenchmark {
    private static final int ROWS = 512;

    @Param({"f16", "kivi(k=4,v=4)"})
    String codec;

    /** KV heads x query heads of each x channels. */
    @Param({"8x4x64", "3x3x64", "2x4x128"})
    String heads;

    @Param({"2048", "8192"})
    int tokens;

    @Param("1")
    int threads;

    private MachineLimits limits;
    private WorkerPool pool;
    private SequenceCache cache;
    private AttentionShape shape;
    private float[] q;
    private float[] out;

    /** Work done, which JMH divides by the time. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.OPERATIONS)
    public static class Work {
        public double gigaflop;
        public double shareOfPeak;
    }

    @Setup
    public void prepare() {
        limits = MachineLimits.measure(threads);
        pool = new WorkerPool(threads);
        shape = SampleCache.shape(heads);
        cache = SampleCache.filled(shape, KvCodec.parse(codec), tokens);
        q = SampleWeights.activations(ROWS * shape.rowSize());
        out = new float[q.length];
    }

    @TearDown(Level.Trial)
    public void close() {
        cache.close();
        pool.close();
    }

    @Benchmark
    public float[] attend(Work work) {
        PrefillAttention.attend(shape, cache.layer(0), q, ROWS, tokens - ROWS, out, pool, null);
        double seen = (double) ROWS * (tokens - ROWS) + ROWS * (ROWS + 1) / 2.0;
        double gigaflop = 4e-9 * shape.rowSize() * seen;
        work.gigaflop += gigaflop;
        work.shareOfPeak += gigaflop / limits.gflops();
        return out;
    }
}
