package io.hayloft.formats.config;

import io.hayloft.base.UserError;
import java.util.Arrays;
import java.util.List;

/**
 * Rotary position embedding: which channels of a head rotate, and how fast.
 *
 * @param theta base of the frequencies
 * @param rotaryDims channels of a head that rotate, from the first on; channel {@code i} pairs with
 *     {@code i + rotaryDims / 2}
 * @param scaling how the frequencies are stretched for long inputs
 */
public record RopeConfig(double theta, int rotaryDims, Scaling scaling) {
    /** Checks that every number can belong to a model. */
    public RopeConfig {
        Limits.number("rope theta", theta, 1, 1e15);
        Limits.whole("rotary channels", rotaryDims, 2, 1 << 16);
        if (rotaryDims % 2 != 0) {
            throw new UserError("rotary channels must be even, not " + rotaryDims);
        }
        scaling.check(rotaryDims / 2);
    }

    /** Frequencies without scaling. */
    public static RopeConfig plain(double theta, int rotaryDims) {
        return new RopeConfig(theta, rotaryDims, new None());
    }

    /**
     * Angles per position.
     *
     * @param inverse radians that a pair of channels turns per position, {@code [rotaryDims / 2]}
     * @param attentionScaling factor on cosine and sine alike
     */
    public record Frequencies(float[] inverse, float attentionScaling) {}

    /**
     * The frequencies for a sequence of this many tokens in all; only some scalings depend on it. Rounded to float at
     * the steps where the reference implementations round, because at position 100,000 the last bit shows.
     */
    public Frequencies frequencies(int sequenceLength) {
        return scaling.apply(this, sequenceLength);
    }

    /** {@code theta^(-2i / rotaryDims)}, with another base than {@link #theta()} where a scaling asks for one. */
    float[] unscaled(double base) {
        var inverse = new float[rotaryDims / 2];
        for (int i = 0; i < inverse.length; i++) {
            inverse[i] = 1f / (float) Math.pow(base, 2f * i / rotaryDims);
        }
        return inverse;
    }

    /** A rule that scales the frequencies for contexts longer than those trained on. */
    public sealed interface Scaling {
        /** Checks the numbers for heads with this many rotating pairs. */
        void check(int pairs);

        /** The scaled frequencies. */
        Frequencies apply(RopeConfig rope, int sequenceLength);

        /** Tokens that fit in a model whose file states this context length, which may leave the scaling out. */
        default double contextLength(int stated) {
            return stated;
        }
    }

    /** No scaling. */
    public record None() implements Scaling {
        @Override
        public void check(int pairs) {}

        @Override
        public Frequencies apply(RopeConfig rope, int sequenceLength) {
            return new Frequencies(rope.unscaled(rope.theta), 1);
        }
    }

    /** Positions are divided by a factor (position interpolation). */
    public record Linear(double factor) implements Scaling {
        @Override
        public void check(int pairs) {
            Limits.number("rope factor", factor, 1e-3, 1e6);
        }

        @Override
        public Frequencies apply(RopeConfig rope, int sequenceLength) {
            return divided(rope, i -> (float) factor, 1);
        }

        @Override
        public double contextLength(int stated) {
            return Math.max(stated, stated * factor);
        }
    }

    /**
     * All channels of a head pair up, but only the fastest pairs rotate; their frequencies are those of the unscaled
     * rotation, divided by a factor. The other pairs have frequency 0.
     *
     * @param part fraction of the pairs that rotate, above 0 and at most 1
     */
    public record Proportional(double factor, double part) implements Scaling {
        @Override
        public void check(int pairs) {
            Limits.number("rope factor", factor, 1e-3, 1e6);
            Limits.number("part of the rotating channels", part, 1e-6, 1);
        }

        @Override
        public Frequencies apply(RopeConfig rope, int sequenceLength) {
            var frequencies = divided(rope, i -> (float) factor, 1);
            int rotating = (int) (part * rope.rotaryDims / 2);
            Arrays.fill(frequencies.inverse(), rotating, frequencies.inverse().length, 0);
            return frequencies;
        }
    }

    /** Each frequency is divided by its own number, as GGUF files store what llama3 scaling comes to. */
    public record PerFrequency(List<Double> divisors) implements Scaling {
        public PerFrequency {
            divisors = List.copyOf(divisors);
        }

        @Override
        public void check(int pairs) {
            checkFactors("rope frequency factors", divisors, pairs);
        }

        @Override
        public Frequencies apply(RopeConfig rope, int sequenceLength) {
            return divided(rope, i -> divisors.get(i).floatValue(), 1);
        }
    }

    /**
     * The rule of Llama 3.1: slow frequencies are divided by the factor, fast ones stay, those between are blended.
     *
     * @param low turns within the original length below which a frequency is slow
     * @param high turns within the original length above which a frequency is fast
     */
    public record Llama3(double factor, double low, double high, int originalLength) implements Scaling {
        @Override
        public void check(int pairs) {
            Limits.number("rope factor", factor, 1, 1e6);
            Limits.number("low frequency factor", low, 1e-6, 1e6);
            Limits.number("high frequency factor", high, 1e-6, 1e6);
            Limits.whole("original length", originalLength, 1, Integer.MAX_VALUE);
            if (low >= high) {
                throw new UserError("low frequency factor " + low + " must be below the high one, " + high);
            }
        }

        @Override
        public Frequencies apply(RopeConfig rope, int sequenceLength) {
            var inverse = rope.unscaled(rope.theta);
            for (int i = 0; i < inverse.length; i++) {
                double turns = originalLength * (double) inverse[i] / (2 * Math.PI);
                double kept = Math.clamp((turns - low) / (high - low), 0.0, 1.0);
                inverse[i] = (float) ((1 - kept) * inverse[i] / factor + kept * inverse[i]);
            }
            return new Frequencies(inverse, 1);
        }

        @Override
        public double contextLength(int stated) {
            return stated > originalLength ? stated : Math.max(stated, originalLength * factor);
        }
    }

    /**
     * YaRN (arXiv 2309.00071): frequencies that turn more than {@code betaFast} times within the original length stay,
     * those below {@code betaSlow} are divided by the factor, with a ramp over the channels between.
     *
     * @param attentionFactor on cosine and sine; {@link #defaultAttentionFactor} unless a file says otherwise
     * @param truncate whether the ends of the ramp are rounded outwards to channels
     */
    public record Yarn(
            double factor,
            int originalLength,
            double betaFast,
            double betaSlow,
            double attentionFactor,
            boolean truncate)
            implements Scaling {
        /** {@code 0.1 ln(factor) + 1}. */
        public static double defaultAttentionFactor(double factor) {
            return attentionFactor(factor, 1);
        }

        /** {@code 0.1 mscale ln(factor) + 1}: DeepSeek's files give a quotient of two of these. */
        public static double attentionFactor(double factor, double mscale) {
            return factor <= 1 ? 1 : 0.1 * mscale * Math.log(factor) + 1;
        }

        @Override
        public void check(int pairs) {
            Limits.number("rope factor", factor, 1e-3, 1e6);
            Limits.whole("original length", originalLength, 1, Integer.MAX_VALUE);
            Limits.number("beta_fast", betaFast, 1e-6, 1e6);
            Limits.number("beta_slow", betaSlow, 1e-6, 1e6);
            Limits.number("rope attention factor", attentionFactor, 1e-6, 1e6);
        }

        @Override
        public Frequencies apply(RopeConfig rope, int sequenceLength) {
            double first = channelThatTurns(betaFast, rope);
            double last = channelThatTurns(betaSlow, rope);
            first = Math.max(truncate ? Math.floor(first) : first, 0);
            last = Math.min(truncate ? Math.ceil(last) : last, rope.rotaryDims - 1);
            double width = first == last ? 0.001 : last - first;
            var inverse = rope.unscaled(rope.theta);
            for (int i = 0; i < inverse.length; i++) {
                float kept = 1 - (float) Math.clamp((i - first) / width, 0.0, 1.0);
                inverse[i] = inverse[i] / (float) factor * (1 - kept) + inverse[i] * kept;
            }
            return new Frequencies(inverse, (float) attentionFactor);
        }

        @Override
        public double contextLength(int stated) {
            return Math.max(stated, originalLength * factor);
        }

        /** The (fractional) pair of channels that makes this many turns within the original length. */
        private double channelThatTurns(double turns, RopeConfig rope) {
            return rope.rotaryDims * Math.log(originalLength / (turns * 2 * Math.PI)) / (2 * Math.log(rope.theta));
        }
    }

    /**
     * LongRoPE (arXiv 2402.13753): one list of divisors for sequences within the original length, one for longer ones.
     */
    public record LongRope(
            List<Double> shortFactors, List<Double> longFactors, int originalLength, double attentionFactor)
            implements Scaling {
        public LongRope {
            shortFactors = List.copyOf(shortFactors);
            longFactors = List.copyOf(longFactors);
        }

        /** {@code sqrt(1 + ln(factor) / ln(original length))}. */
        public static double defaultAttentionFactor(double factor, int originalLength) {
            return factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(originalLength));
        }

        @Override
        public void check(int pairs) {
            checkFactors("short rope factors", shortFactors, pairs);
            checkFactors("long rope factors", longFactors, pairs);
            Limits.whole("original length", originalLength, 2, Integer.MAX_VALUE);
            Limits.number("rope attention factor", attentionFactor, 1e-6, 1e6);
        }

        @Override
        public Frequencies apply(RopeConfig rope, int sequenceLength) {
            var factors = sequenceLength > originalLength ? longFactors : shortFactors;
            return divided(rope, i -> factors.get(i).floatValue(), (float) attentionFactor);
        }
    }

    /** The base grows with the sequence once it is longer than the original length ("dynamic NTK"). */
    public record Dynamic(double factor, int originalLength) implements Scaling {
        @Override
        public void check(int pairs) {
            Limits.number("rope factor", factor, 1, 1e6);
            Limits.whole("original length", originalLength, 1, Integer.MAX_VALUE);
            if (pairs < 2) {
                throw new UserError("dynamic rope scaling needs at least 4 rotary channels");
            }
        }

        @Override
        public Frequencies apply(RopeConfig rope, int sequenceLength) {
            double length = Math.max(sequenceLength, originalLength);
            double growth = factor * length / originalLength - (factor - 1);
            double dims = rope.rotaryDims;
            return new Frequencies(rope.unscaled(rope.theta * Math.pow(growth, dims / (dims - 2))), 1);
        }

        @Override
        public double contextLength(int stated) {
            return Math.max(stated, originalLength * factor);
        }
    }

    @FunctionalInterface
    private interface Divisor {
        float of(int pair);
    }

    private static Frequencies divided(RopeConfig rope, Divisor divisor, float attentionScaling) {
        var inverse = rope.unscaled(rope.theta);
        for (int i = 0; i < inverse.length; i++) {
            inverse[i] /= divisor.of(i);
        }
        return new Frequencies(inverse, attentionScaling);
    }

    private static void checkFactors(String what, List<Double> factors, int pairs) {
        if (factors.size() != pairs) {
            throw new UserError(what + " must be " + pairs + " numbers, not " + factors.size());
        }
        for (double factor : factors) {
            Limits.number(what, factor, 1e-3, 1e9);
        }
    }
}
