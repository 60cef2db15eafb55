package io.hayloft.kv.cache;

import io.hayloft.base.Suggest;
import io.hayloft.base.UserError;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Text forms of codecs. */
final class CodecText {
    private static final String EXAMPLE = "kivi(k=2,v=2,group=32,residual=128)";
    private static final List<String> NAMES = List.of("f32", "f16", "q8", "flexgen", "kivi");
    private static final List<String> FLEXGEN_PARAMETERS = List.of("bits", "group", "scales");
    private static final List<String> KIVI_PARAMETERS = List.of("k", "v", "group", "residual", "scales");

    private CodecText() {}

    static KvCodec parse(String text) {
        var trimmed = text.strip();
        int open = trimmed.indexOf('(');
        var name = open < 0 ? trimmed : trimmed.substring(0, open).strip();
        if (open >= 0 && !trimmed.endsWith(")")) {
            throw new UserError("cache codec " + text + ": the closing parenthesis is missing, as in " + EXAMPLE);
        }
        var inside = open < 0 ? "" : trimmed.substring(open + 1, trimmed.length() - 1);
        if (open >= 0 && List.of("f32", "f16", "q8").contains(name)) {
            throw new UserError("cache codec " + text + ": " + name + " has no parameters");
        }
        return switch (name) {
            case "f32" -> new KvCodec.F32();
            case "f16" -> new KvCodec.F16();
            case "q8" -> new KvCodec.Q8();
            case "flexgen" -> flexGen(text, parameters(text, inside, FLEXGEN_PARAMETERS));
            case "kivi" -> grouped(text, parameters(text, inside, KIVI_PARAMETERS));
            default -> throw Suggest.unknown("cache codec", name, NAMES);
        };
    }

    private static boolean wide(String text, Map<String, String> given) {
        var scales = given.getOrDefault("scales", "f16");
        if (!Set.of("f16", "f32").contains(scales)) {
            throw new UserError("cache codec " + text + ": scales=" + scales + " is neither f16 nor f32");
        }
        return scales.equals("f32");
    }

    private static KvCodec flexGen(String text, Map<String, String> given) {
        return new KvCodec.FlexGen(number(text, given, "bits", 4), number(text, given, "group", 64), wide(text, given));
    }

    private static KvCodec grouped(String text, Map<String, String> given) {
        return new KvCodec.Grouped(
                number(text, given, "k", 2),
                number(text, given, "v", 2),
                number(text, given, "group", 32),
                number(text, given, "residual", 128),
                wide(text, given));
    }

    private static Map<String, String> parameters(String text, String inside, List<String> known) {
        var given = new LinkedHashMap<String, String>();
        if (inside.isBlank()) {
            return given;
        }
        for (var part : inside.split(",", -1)) {
            int equals = part.indexOf('=');
            if (equals < 0) {
                throw new UserError(
                        "cache codec " + text + ": \"" + part.strip() + "\" is not name=value, as in " + EXAMPLE);
            }
            var name = part.substring(0, equals).strip();
            if (!known.contains(name)) {
                throw Suggest.unknown("parameter of cache codec", name, known);
            }
            if (given.put(name, part.substring(equals + 1).strip()) != null) {
                throw new UserError("cache codec " + text + ": " + name + " is given twice");
            }
        }
        return given;
    }

    private static int number(String text, Map<String, String> given, String name, int otherwise) {
        var value = given.get(name);
        if (value == null) {
            return otherwise;
        }
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw new UserError("cache codec " + text + ": " + name + "=" + value + " is not a whole number", e);
        }
    }

    static void checkBits(String name, int bits) {
        if (bits != 2 && bits != 4 && bits != 8 && bits != 16) {
            throw new UserError("cache codec kivi: " + name + "=" + bits + " bits; use 2, 4, 8 or 16");
        }
    }

    static void checkFlexGen(int bits, int group) {
        if (bits != 2 && bits != 4 && bits != 8) {
            throw new UserError("cache codec flexgen: bits=" + bits + "; use 2, 4 or 8");
        }
        if (group < 32 || group % 32 != 0 || group > 1024) {
            throw new UserError("cache codec flexgen: group=" + group + "; use a multiple of 32 up to 1024");
        }
    }

    static void checkGroup(int group, int residual) {
        if (group < BlockFormat.TOKENS || group % BlockFormat.TOKENS != 0 || group > 1024) {
            throw new UserError("cache codec kivi: group=" + group + "; use a multiple of 32 up to 1024");
        }
        if (residual < group || residual % group != 0 || residual > 1 << 20) {
            throw new UserError("cache codec kivi: residual=" + residual + "; use a multiple of the group, " + group);
        }
    }
}
