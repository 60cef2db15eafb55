package io.hayloft.bench;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Collects what the user asked for; {@link #build} checks it and fills in the rest. Nothing asked: the embedded model
 * runs the mini suite with the default methods, any other model the needle at 1k, 2k and 4k tokens.
 */
public final class BenchSpecBuilder {
    private final ModelChoice model;
    private List<String> methods = List.of();
    private List<String> tasks = List.of();
    private List<Integer> lengths = List.of();
    private int samples;
    private long seed = 1;
    private Protocol protocol = Protocol.QUESTION_AWARE;
    private @Nullable Path out;
    private @Nullable Path data;
    private int limitTokens;
    private int maxNewTokens;
    private int threads;
    private String cacheType = "f16";

    BenchSpecBuilder(ModelChoice model) {
        this.model = model;
    }

    /** Method expressions; {@code full} and {@code random} rows are added where they are missing. */
    public BenchSpecBuilder methods(List<String> expressions) {
        this.methods = List.copyOf(expressions);
        return this;
    }

    /** Names of tasks, or of groups: {@code mini}, {@code needle}, {@code longbench}. */
    public BenchSpecBuilder tasks(List<String> names) {
        this.tasks = List.copyOf(names);
        return this;
    }

    /** Prompt lengths in tokens. */
    public BenchSpecBuilder lengths(List<Integer> tokens) {
        this.lengths = List.copyOf(tokens);
        return this;
    }

    /** Samples for each task and length; 0 for the default. */
    public BenchSpecBuilder samples(int count) {
        this.samples = count;
        return this;
    }

    /** What generated samples and random choices start from. */
    public BenchSpecBuilder seed(long value) {
        this.seed = value;
        return this;
    }

    /** Whether methods see the question when they compress. */
    public BenchSpecBuilder protocol(Protocol value) {
        this.protocol = value;
        return this;
    }

    /** Folder of the run; null lets the run name one. */
    public BenchSpecBuilder out(@Nullable Path folder) {
        this.out = folder;
        return this;
    }

    /** Folder with data files of tasks; null for none. */
    public BenchSpecBuilder data(@Nullable Path folder) {
        this.data = folder;
        return this;
    }

    /** Longest prompt in tokens, longer ones are cut in the middle; 0: as the context allows. */
    public BenchSpecBuilder limitTokens(int tokens) {
        this.limitTokens = tokens;
        return this;
    }

    /** Longest answer in tokens; 0: as each task says. */
    public BenchSpecBuilder maxNewTokens(int tokens) {
        this.maxNewTokens = tokens;
        return this;
    }

    /** Worker threads; 0: as many as there are cores. */
    public BenchSpecBuilder threads(int count) {
        this.threads = count;
        return this;
    }

    /** How the full cache is stored, such as {@code f16}. */
    public BenchSpecBuilder cacheType(String name) {
        this.cacheType = name;
        return this;
    }

    /**
     * The checked specification.
     *
     * @throws io.hayloft.base.UserError for an unknown method, task or cache type, or a number out of its range
     */
    public BenchSpec build() {
        return new BenchSpec(
                model,
                methods,
                tasks,
                lengths,
                samples,
                seed,
                protocol,
                out,
                data,
                limitTokens,
                maxNewTokens,
                threads,
                cacheType);
    }
}
