package io.hayloft.tokenizer.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import jinjava.javax.el.ELContext;
import jinjava.javax.el.ELException;
import jinjava.javax.el.ELResolver;
import org.jspecify.annotations.Nullable;

/** What Python's strings and lists can do beyond Java's: methods, indices from the end, slices. */
final class PythonMethods extends ELResolver {
    /** The method that slices are read as; a name that no template uses. */
    static final String SLICE = "__slice__";

    @Override
    public @Nullable Object getValue(ELContext context, @Nullable Object base, @Nullable Object property) {
        if (base instanceof String text && property != null) {
            int index = index(property.toString());
            if (index != Integer.MIN_VALUE) {
                context.setPropertyResolved(true);
                return PythonStrings.at(text, index);
            }
        }
        return null;
    }

    private static int index(String property) {
        try {
            return Integer.parseInt(property);
        } catch (NumberFormatException e) {
            return Integer.MIN_VALUE;
        }
    }

    @Override
    public @Nullable Object invoke(
            ELContext context,
            @Nullable Object base,
            @Nullable Object method,
            Class<?> @Nullable [] types,
            @Nullable Object @Nullable [] given) {
        var arguments = given == null ? new Object[0] : given;
        if (SLICE.equals(method)) {
            context.setPropertyResolved(true);
            return slice(base, arguments);
        }
        if (base instanceof String text && method != null) {
            context.setPropertyResolved(true);
            return call(text, method.toString(), arguments);
        }
        return null;
    }

    private static @Nullable Object call(String text, String method, @Nullable Object[] arguments) {
        return switch (method) {
            case "lower" -> text.toLowerCase(Locale.ROOT);
            case "upper" -> text.toUpperCase(Locale.ROOT);
            case "title" -> PythonStrings.title(text);
            case "capitalize" -> PythonStrings.capitalize(text);
            case "strip" -> PythonStrings.strip(text, string(arguments, 0, null), true, true);
            case "lstrip" -> PythonStrings.strip(text, string(arguments, 0, null), true, false);
            case "rstrip" -> PythonStrings.strip(text, string(arguments, 0, null), false, true);
            case "split" -> PythonStrings.split(text, string(arguments, 0, null), number(arguments, 1, -1));
            case "rsplit" -> PythonStrings.rsplit(text, string(arguments, 0, null), number(arguments, 1, -1));
            case "splitlines" -> text.lines().toList();
            case "startswith" -> startsOrEnds(text, arguments, true);
            case "endswith" -> startsOrEnds(text, arguments, false);
            case "replace" ->
                PythonStrings.replace(
                        text, required(arguments, 0, method), required(arguments, 1, method), number(arguments, 2, -1));
            case "removeprefix" -> {
                var prefix = required(arguments, 0, method);
                yield text.startsWith(prefix) ? text.substring(prefix.length()) : text;
            }
            case "removesuffix" -> {
                var suffix = required(arguments, 0, method);
                yield text.endsWith(suffix) ? text.substring(0, text.length() - suffix.length()) : text;
            }
            case "find" -> (long) PythonStrings.points(text, text.indexOf(required(arguments, 0, method)));
            case "rfind" -> (long) PythonStrings.points(text, text.lastIndexOf(required(arguments, 0, method)));
            case "count" -> (long) PythonStrings.count(text, required(arguments, 0, method));
            case "join" -> join(text, arguments.length == 0 ? null : arguments[0]);
            case "isdigit" -> !text.isEmpty() && text.codePoints().allMatch(Character::isDigit);
            case "isalpha" -> !text.isEmpty() && text.codePoints().allMatch(Character::isLetter);
            case "isspace" -> !text.isEmpty() && text.codePoints().allMatch(PythonStrings::isSpace);
            default -> throw new ELException("strings have no method '" + method + "' here");
        };
    }

    private static boolean startsOrEnds(String text, @Nullable Object[] arguments, boolean starts) {
        // Python takes one text or a tuple of them.
        var options = arguments.length > 0 && arguments[0] instanceof Iterable<?> many
                ? many
                : List.of(required(arguments, 0, starts ? "startswith" : "endswith"));
        for (var option : options) {
            if (starts ? text.startsWith(option.toString()) : text.endsWith(option.toString())) {
                return true;
            }
        }
        return false;
    }

    private static String join(String between, @Nullable Object parts) {
        if (!(parts instanceof Iterable<?> list)) {
            throw new ELException("join wants a list");
        }
        var texts = new ArrayList<String>();
        list.forEach(part -> texts.add(PythonText.print(part)));
        return String.join(between, texts);
    }

    private static Object slice(@Nullable Object base, @Nullable Object[] ends) {
        Long from = ends[0] instanceof Number n ? (Long) n.longValue() : null;
        Long to = ends[1] instanceof Number n ? (Long) n.longValue() : null;
        long step = ends[2] instanceof Number n ? n.longValue() : 1;
        if (base instanceof String text) {
            int[] points = text.codePoints().toArray();
            var picked = new StringBuilder();
            PythonStrings.slice(points.length, from, to, step, i -> picked.appendCodePoint(points[i]));
            return picked.toString();
        }
        if (base instanceof List<?> list) {
            var picked = new ArrayList<@Nullable Object>();
            PythonStrings.slice(list.size(), from, to, step, i -> picked.add(list.get(i)));
            return picked;
        }
        throw new ELException("only text and lists can be sliced");
    }

    private static String required(@Nullable Object[] arguments, int i, String method) {
        var text = string(arguments, i, null);
        if (text == null) {
            throw new ELException(method + " wants a text as argument " + (i + 1));
        }
        return text;
    }

    private static @Nullable String string(@Nullable Object[] arguments, int i, @Nullable String otherwise) {
        var argument = i < arguments.length ? arguments[i] : null;
        return argument == null ? otherwise : argument.toString();
    }

    private static int number(@Nullable Object[] arguments, int i, int otherwise) {
        return i < arguments.length && arguments[i] instanceof Number n ? n.intValue() : otherwise;
    }

    @Override
    public @Nullable Class<?> getType(ELContext context, @Nullable Object base, @Nullable Object property) {
        return null;
    }

    @Override
    public void setValue(ELContext context, Object base, Object property, Object value) {}

    @Override
    public boolean isReadOnly(ELContext context, Object base, Object property) {
        return true;
    }

    @Override
    public @Nullable Class<?> getCommonPropertyType(ELContext context, Object base) {
        return null;
    }

    @Override
    public java.util.@Nullable Iterator<java.beans.FeatureDescriptor> getFeatureDescriptors(
            ELContext context, Object base) {
        return null;
    }
}
