package io.hayloft.formats.quantised;

/** How a folder's matrices are quantised, as its config says. Which ones are, their tensors say. */
public sealed interface QuantisedFormat {
    /** A description for people, such as {@code GPTQ, 4 bits}. */
    String label();

    /**
     * Floats of 8 bits with scales.
     *
     * @param blockRows rows of a block with one scale; 0 where scales are not for blocks
     * @param blockColumns columns of such a block
     */
    record Float8(int blockRows, int blockColumns) implements QuantisedFormat {
        @Override
        public String label() {
            return "FP8";
        }
    }

    /**
     * GPTQ (Frantar et al., arXiv 2210.17323) as AutoGPTQ and GPTQModel write it.
     *
     * @param bits of a whole number: 2, 3, 4 or 8
     * @param group columns with one scale; 0 for all
     * @param zerosLessOne whether zero points are stored less one, as in the first version of the format
     */
    record Gptq(int bits, int group, boolean zerosLessOne) implements QuantisedFormat {
        @Override
        public String label() {
            return "GPTQ, " + bits + " bits";
        }
    }

    /**
     * AWQ (Lin et al., arXiv 2306.00978) with 4 bits, in the order of its matrix product ("gemm").
     *
     * @param group columns with one scale; 0 for all
     */
    record Awq(int group) implements QuantisedFormat {
        @Override
        public String label() {
            return "AWQ, 4 bits";
        }
    }

    /** Floats of 4 bits in blocks of 32 with a power of two (OCP Microscaling Formats v1.0), as gpt-oss is published. */
    record Mxfp4() implements QuantisedFormat {
        @Override
        public String label() {
            return "MXFP4";
        }
    }

    /**
     * The formats of compressed-tensors with whole numbers or floats of 8 bits.
     *
     * @param bits of a packed whole number: 2, 4 or 8
     * @param blocks rows and columns of a block where scales are for blocks, else none
     * @param groups columns with one scale; 0 where that follows from the sizes
     */
    record Compressed(int bits, Float8 blocks, int groups) implements QuantisedFormat {
        @Override
        public String label() {
            return "compressed-tensors, " + bits + " bits";
        }
    }
}
