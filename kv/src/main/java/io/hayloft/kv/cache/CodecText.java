package io.hayloft.kv.cache;

import io.hayloft.base.Suggest;
import io.hayloft.base.UserError;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Reads the text forms of codecs, {@code name(parameter=value,...)}. */
final class CodecText {
    /**
     * A codec's text form.
     *
     * @param parameters names that may stand in the parentheses
     * @param reader makes the codec
     */
    record Form(String name, List<String> parameters, Function<Given, KvCodec> reader) {}

    /** The parameters in the parentheses of a codec's text. */
    record Given(String text, Map<String, String> values) {
        /** A whole number; the other one if the text does not name the parameter. */
        int number(String name, int otherwise) {
            var value = values.get(name);
            if (value == null) {
                return otherwise;
            }
            try {
                return Integer.parseInt(value);
            } catch (NumberFormatException e) {
                throw new UserError("cache codec " + text + ": " + name + "=" + value + " is not a whole number", e);
            }
        }

        /** Whether scales are 32-bit floats. */
        boolean wide() {
            var scales = values.getOrDefault("scales", "f16");
            if (!Set.of("f16", "f32").contains(scales)) {
                throw new UserError("cache codec " + text + ": scales=" + scales + " is neither f16 nor f32");
            }
            return scales.equals("f32");
        }
    }

    private static final String EXAMPLE = "kivi(k=2,v=2,group=32,residual=128)";
    private static final List<Form> FORMS =
            List.of(KvCodec.F32.FORM, KvCodec.F16.FORM, KvCodec.Q8.FORM, KvCodec.FlexGen.FORM, KvCodec.Grouped.FORM);

    private CodecText() {}

    static KvCodec parse(String text) {
        var trimmed = text.strip();
        int open = trimmed.indexOf('(');
        var name = open < 0 ? trimmed : trimmed.substring(0, open).strip();
        if (open >= 0 && !trimmed.endsWith(")")) {
            throw new UserError("cache codec " + text + ": the closing parenthesis is missing, as in " + EXAMPLE);
        }
        var form = form(name);
        if (open >= 0 && form.parameters.isEmpty()) {
            throw new UserError("cache codec " + text + ": " + name + " has no parameters");
        }
        var inside = open < 0 ? "" : trimmed.substring(open + 1, trimmed.length() - 1);
        return form.reader.apply(new Given(text, parameters(text, inside, form.parameters)));
    }

    private static Form form(String name) {
        for (var form : FORMS) {
            if (form.name.equals(name)) {
                return form;
            }
        }
        throw Suggest.unknown(
                "cache codec", name, FORMS.stream().map(Form::name).toList());
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

    /**
     * Checks a parameter.
     *
     * @param allowed what to use instead, in words
     * @throws UserError if it is not right
     */
    static void check(Form form, String name, int value, boolean right, String allowed) {
        if (!right) {
            throw new UserError("cache codec " + form.name + ": " + name + "=" + value + "; use " + allowed);
        }
    }

    static void checkGroup(Form form, int group) {
        boolean right = group >= BlockFormat.TOKENS && group % BlockFormat.TOKENS == 0 && group <= 1024;
        check(form, "group", group, right, "a multiple of 32 up to 1024");
    }
}
