package io.hayloft.methods;

import static io.hayloft.methods.MethodInfo.Parameter;

import io.hayloft.base.UserError;
import io.hayloft.engine.cache.KvCodec;
import io.hayloft.methods.expression.Arguments;
import java.util.List;

/** The methods that store every token with fewer bits. */
final class Quantisers {
    private static final int LARGEST_GROUP = 1024;

    static final MethodInfo KIVI = info(
            "kivi",
            "Stores keys per channel and values per token with 2 or 4 bits; the newest tokens stay exact.",
            "Liu et al., arXiv 2402.02750",
            kiviParameters(),
            "an eviction without rules at decoding (snapkv:4x + kivi:4bit)",
            "2bit");

    static final MethodInfo KIVI_PAPER = info(
            "kivi-paper",
            "KIVI with the constant of the paper's quantiser: 2e-6 widens each group of keys, nothing those of values.",
            "code of Yuan et al., arXiv 2407.01527",
            kiviParameters(),
            "an eviction without rules at decoding (snapkv:4x + kivi-paper:4bit)",
            "2bit");

    static final MethodInfo FLEXGEN = info(
            "flexgen",
            "Stores keys and values per token with 4 bits, the newest too; the prompt is read exactly.",
            "Sheng et al., arXiv 2303.06865",
            List.of(new Parameter("group", "64", "channels of a token that share a scale")),
            "any eviction (h2o:4x + flexgen:4bit)",
            "4bit");

    static final MethodInfo FLEXGEN_PAPER = info(
            "flexgen-paper",
            "FlexGen as the paper ran it: the prompt too is read with every key and value already rounded.",
            "code of Yuan et al., arXiv 2407.01527",
            List.of(new Parameter("group", "32", "channels of a token that share a scale")),
            "a shorter prompt (selective:2x + flexgen-paper:4bit)",
            "4bit");

    private Quantisers() {}

    private static MethodInfo info(
            String name, String idea, String source, List<Parameter> parameters, String composesWith, String amount) {
        var widths = "bits (2bit, 4bit, 8bit)";
        return new MethodInfo(
                name, School.QUANTISE, idea, source, widths, parameters, composesWith, name + ":" + amount);
    }

    private static List<Parameter> kiviParameters() {
        return List.of(
                new Parameter("k", "bits", "bits of keys: 2, 4 or 8"),
                new Parameter("v", "bits", "bits of values: 2, 4 or 8"),
                new Parameter("group", "32", "numbers that share a scale"),
                new Parameter("residual", "128", "newest tokens that stay exact"));
    }

    static Term kivi(Arguments arguments) {
        return kivi("kivi", arguments, 0);
    }

    static Term kiviPaper(Arguments arguments) {
        return kivi("kivi-paper", arguments, KvCodec.Grouped.PAPER_CONSTANT);
    }

    private static Term kivi(String name, Arguments arguments, float addedToKeys) {
        var amount = arguments.optionalAmount();
        int bits = amount == null ? 0 : bits(name, amount);
        int keyBits = bitsOption(name, arguments, "k", bits);
        int valueBits = bitsOption(name, arguments, "v", bits);
        if (keyBits == 0 || valueBits == 0) {
            throw new UserError("method '" + name + "' needs its bits: write for example " + name + ":2bit, " + name
                    + ":4bit or " + name + ":k=4,v=2");
        }
        int group = arguments.integer("group", 32, 32, LARGEST_GROUP);
        int residual = arguments.integer("residual", 128, 32, 1 << 20);
        if (group % 32 != 0 || residual % group != 0) {
            throw new UserError(
                    name + "'s group must be a multiple of 32 and its residual a multiple of the group, not " + group
                            + " and " + residual);
        }
        return new Term.Store(new KvCodec.Grouped(keyBits, valueBits, group, residual, false, addedToKeys), false);
    }

    static Term flexGen(Arguments arguments) {
        return flexGen("flexgen", arguments, 64, false);
    }

    static Term flexGenPaper(Arguments arguments) {
        return flexGen("flexgen-paper", arguments, 32, true);
    }

    private static Term flexGen(String name, Arguments arguments, int usualGroup, boolean promptToo) {
        int bits = bits(name, arguments.amount("4bit"));
        int group = arguments.integer("group", usualGroup, 32, LARGEST_GROUP);
        if (group % 32 != 0) {
            throw new UserError(name + "'s group must be a multiple of 32, not " + group);
        }
        return new Term.Store(new KvCodec.FlexGen(bits, group, false), promptToo);
    }

    private static int bits(String name, String amount) {
        return switch (amount) {
            case "2bit" -> 2;
            case "4bit" -> 4;
            case "8bit" -> 8;
            default ->
                throw new UserError("'" + amount + "' is no width that " + name + " knows: write 2bit, 4bit or 8bit");
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
