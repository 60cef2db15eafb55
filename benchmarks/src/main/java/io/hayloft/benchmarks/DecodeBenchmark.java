package io.hayloft.benchmarks;

import io.hayloft.formats.memory.NativeMemory;
import io.hayloft.formats.tensor.TensorType;
import io.hayloft.kernels.Linear;
import io.hayloft.kernels.WorkerPool;
import io.hayloft.kernels.machine.MachineLimits;
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
 * A linear layer over one row of each sequence of a batch; the counters are GB/s of packed
 * weights and GFLOPS, and each as a share of what the machine does at most.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(
        value = 1,
        jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class DecodeBenchmark {
    @Param({"Q8_0", "Q4_1", "F16"})
    TensorType type;

    /** Outputs x inputs. */
    @Param({"65536x2048", "1536x576"})
    String shape;

    @Param({"1", "4", "12"})
    int rows;

    @Param("1")
    int threads;

    private MachineLimits limits;
    private WorkerPool pool;
    private NativeMemory memory;
    private Linear linear;
    private float[] x;
    private float[] y;

    /** Work done, which JMH divides by the time. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.OPERATIONS)
    public static class Work {
        public double gigabytes;
        public double shareOfBandwidth;
        public double gigaflop;
        public double shareOfPeak;
    }

    @Setup
    public void prepare() {
        int cross = shape.indexOf('x');
        int outputs = Integer.parseInt(shape.substring(0, cross));
        int inputs = Integer.parseInt(shape.substring(cross + 1));
        limits = MachineLimits.measure(threads);
        pool = new WorkerPool(threads);
        memory = new NativeMemory("weights");
        linear = Linear.pack(SampleWeights.matrix(type, outputs, inputs), memory, pool);
        x = SampleWeights.activations(rows * inputs);
        y = new float[rows * outputs];
    }

    @TearDown(Level.Trial)
    public void close() {
        memory.close();
        pool.close();
    }

    @Benchmark
    public float[] decode(Work work) {
        linear.decode(x, rows, y, pool);
        double gigabytes = 1e-9 * linear.bytes();
        work.gigabytes += gigabytes;
        work.shareOfBandwidth += gigabytes / limits.gigabytesPerSecond();
        double gigaflop = 2e-9 * rows * linear.outputs() * linear.inputs();
        work.gigaflop += gigaflop;
        work.shareOfPeak += gigaflop / limits.gflops();
        return y;
    }
}
