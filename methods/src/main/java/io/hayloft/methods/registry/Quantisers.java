package io.hayloft.methods.registry;

import io.hayloft.base.UserError;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.methods.Category;
import io.hayloft.methods.MethodInfo;
import io.hayloft.methods.MethodInfo.Parameter;
import io.hayloft.methods.Part;
import io.hayloft.methods.expression.Arguments;
import java.util.List;

/**
 * The methods that store every token with fewer bits.
 *
 * <p><b>kivi-paper.</b> The benchmark of arXiv 2407.01527 copies the quantiser of KIVI's authors, which adds no constant to
 * a span: quantised values, scales and zero points recorded from it are those of {@code kivi} to the bit, so
 * {@code kivi-paper} is {@code kivi} with its settings and no options. The 2e-6 that its code adds for each channel is in
 * another file, in a form of FlexGen by channels that none of its settings uses. A group of equal numbers divides 0 by 0
 * there; here its quantised values are 0.
 *
 * <p><b>flexgen.</b> In the authors' code a step reads its own token exactly and rounds it for later ones; here, as in
 * {@code flexgen-paper} and the benchmark, that one token of the step is read rounded, too. {@code flexgen-paper} rounds
 * everything that any query reads, its own token and the prompt included.
 */
final class Quantisers {
    private static final int LARGEST_GROUP = 1024;

    static final MethodInfo KIVI = info(
            "kivi",
            "Stores keys per channel and values per token with 2, 4 or 8 bits; the newest tokens stay exact.",
            "Liu et al., arXiv 2402.02750",
            kiviParameters(),
            "an eviction without rules at decoding (snapkv:4x + kivi:4bit)",
            "2bit");

    static final MethodInfo KIVI_PAPER = info(
            "kivi-paper",
            "KIVI as the benchmark of arXiv 2407.01527 ran it: groups of 32, a residual of 128, the same bits for keys"
                    + " and values. Its code is the authors', so that kivi with these bits stores the same values.",
            "code of Yuan et al., arXiv 2407.01527",
            List.of(),
            "an eviction without rules at decoding (snapkv:4x + kivi-paper:4bit)",
            "2bit");

    static final MethodInfo FLEXGEN = info(
                    "flexgen",
                    "Stores keys and values per token with 4 bits, and reads them so, the newest too; the prompt is"
                            + " read exactly.",
                    "Sheng et al., arXiv 2303.06865",
                    List.of(new Parameter("group", "64", "channels of a token that share a scale")),
                    "any eviction (h2o:4x + flexgen:4bit)",
                    "4bit")
            .deviating("Only the storage format is FlexGen's: nothing is moved to other memory or disk.");

    static final MethodInfo FLEXGEN_PAPER = info(
                    "flexgen-paper",
                    "FlexGen as the paper ran it: the prompt too is read with every key and value already rounded.",
                    "code of Yuan et al., arXiv 2407.01527",
                    List.of(new Parameter("group", "32", "channels of a token that share a scale")),
                    "a shorter prompt (selective:2x + flexgen-paper:4bit)",
                    "4bit")
            .deviating("The cache really holds 4 bits; the code keeps 16 and rounds the whole cache before each step.");

    private Quantisers() {}

    private static MethodInfo info(
            String name, String idea, String source, List<Parameter> parameters, String composesWith, String amount) {
        var widths = "bits (2bit, 4bit, 8bit)";
        return new MethodInfo(
                name, Category.QUANTISE, idea, source, widths, parameters, composesWith, name + ":" + amount);
    }

    private static List<Parameter> kiviParameters() {
        return List.of(
                new Parameter("k", "bits", "bits of keys: 2, 4 or 8"),
                new Parameter("v", "bits", "bits of values: 2, 4 or 8"),
                new Parameter("group", "32", "numbers that share a scale"),
                new Parameter("residual", "128", "newest tokens that stay exact"));
    }

    static Part kivi(Arguments arguments) {
        var amount = arguments.optionalAmount();
        int bits = amount == null ? 0 : bits("kivi", amount);
        int keyBits = bitsOption("kivi", arguments, "k", bits);
        int valueBits = bitsOption("kivi", arguments, "v", bits);
        if (keyBits == 0 || valueBits == 0) {
            throw new UserError("method 'kivi' needs its bits: write for example kivi:2bit, kivi:4bit or kivi:k=4,v=2");
        }
        int group = arguments.integer("group", 32, 32, LARGEST_GROUP);
        int residual = arguments.integer("residual", 128, 32, 1 << 20);
        if (group % 32 != 0 || residual % group != 0) {
            throw new UserError("kivi's group must be a multiple of 32 and its residual a multiple of the group, not "
                    + group + " and " + residual);
        }
        return new Part.Store(new KvCodec.Grouped(keyBits, valueBits, group, residual), false);
    }

    static Part kiviPaper(Arguments arguments) {
        int bits = bits("kivi-paper", arguments.amount("2bit"));
        return new Part.Store(new KvCodec.Grouped(bits, bits, 32, 128), false);
    }

    static Part flexGen(Arguments arguments) {
        return flexGen("flexgen", arguments, 64, false);
    }

    static Part flexGenPaper(Arguments arguments) {
        return flexGen("flexgen-paper", arguments, 32, true);
    }

    private static Part flexGen(String name, Arguments arguments, int usualGroup, boolean promptToo) {
        int bits = bits(name, arguments.amount("4bit"));
        int group = arguments.integer("group", usualGroup, 32, LARGEST_GROUP);
        if (group % 32 != 0) {
            throw new UserError(name + "'s group must be a multiple of 32, not " + group);
        }
        return new Part.Store(new KvCodec.FlexGen(bits, group, false), promptToo);
    }

    private static int bits(String name, String amount) {
        return switch (amount) {
            case "2bit" -> 2;
            case "4bit" -> 4;
            case "8bit" -> 8;
            default -> throw new UserError("'" + amount + "' is not a width of " + name + ": write 2bit, 4bit or 8bit");
        };
    }

    private static int bitsOption(String name, Arguments arguments, String key, int fallback) {
        int bits = arguments.integer(key, fallback, 0, 8);
        if (bits != 0 && bits != 2 && bits != 4 && bits != 8) {
            throw new UserError("option " + key + " of " + name + " must be 2, 4 or 8 bits, not " + bits);
        }
        return bits;
    }
}
