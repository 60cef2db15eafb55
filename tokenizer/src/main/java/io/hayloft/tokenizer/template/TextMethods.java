package io.hayloft.tokenizer.template;

import io.hayloft.tokenizer.template.Arguments.Bound;
import io.hayloft.tokenizer.template.Value.Bool;
import io.hayloft.tokenizer.template.Value.Int;
import io.hayloft.tokenizer.template.Value.Sequence;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** The methods of Python's strings. */
final class TextMethods {
    private interface Body {
        Value call(Text text, Bound arguments);
    }

    private record Method(String parameters, Body body) {}

    private static final Map<String, Method> METHODS = new HashMap<>();

    /** Methods whose result on markup is markup; what they put into it is escaped. */
    private static final Set<String> KEEP_MARKUP = Set.of(
            "capitalize",
            "title",
            "lower",
            "upper",
            "replace",
            "ljust",
            "rjust",
            "lstrip",
            "rstrip",
            "strip",
            "center",
            "expandtabs",
            "swapcase",
            "zfill",
            "casefold",
            "removeprefix",
            "removesuffix",
            "join",
            "split",
            "rsplit",
            "splitlines",
            "partition",
            "rpartition");

    static {
        plain("upper", Cases::upper);
        plain("lower", Cases::lower);
        plain("casefold", Cases::casefold);
        plain("title", Cases::title);
        plain("capitalize", Cases::capitalize);
        plain("swapcase", Cases::swap);
        define("strip", "/chars?", (text, given) -> Texts.strip(text, given.textOrNull(0), true, true));
        define("lstrip", "/chars?", (text, given) -> Texts.strip(text, given.textOrNull(0), true, false));
        define("rstrip", "/chars?", (text, given) -> Texts.strip(text, given.textOrNull(0), false, true));
        define(
                "split",
                "sep? maxsplit?",
                (text, given) -> list(Texts.split(text, given.textOrNull(0), given.integer(1, -1))));
        define(
                "rsplit",
                "sep? maxsplit?",
                (text, given) -> list(Texts.rsplit(text, given.textOrNull(0), given.integer(1, -1))));
        define("splitlines", "keepends?", (text, given) -> list(Texts.lines(text, given.flag(0))));
        define("partition", "/sep", (text, given) -> Texts.partition(text, given.text(0), false));
        define("rpartition", "/sep", (text, given) -> Texts.partition(text, given.text(0), true));
        define(
                "replace",
                "/old /new /count?",
                (text, given) -> Texts.replace(
                        text,
                        given.text(0),
                        text.markup() ? TextFilters.escape(given.text(1)) : given.text(1),
                        given.integer(2, -1)));
        define("removeprefix", "/prefix", (text, given) -> {
            int cut = text.has(given.text(0), 0) ? given.text(0).length() : 0;
            return text.slice(cut, text.length());
        });
        define("removesuffix", "/suffix", (text, given) -> {
            int end = text.length() - given.text(0).length();
            return text.has(given.text(0), end) ? text.slice(0, end) : text;
        });
        define("join", "/iterable", (text, given) -> Texts.join(text, given.require(0)));
        define("startswith", "/prefix /start? /end?", (text, given) -> Bool.of(anyEdge(text, given, true)));
        define("endswith", "/suffix /start? /end?", (text, given) -> Bool.of(anyEdge(text, given, false)));
        define("find", "/sub /start? /end?", (text, given) -> Int.of(place(text, given, false)));
        define("rfind", "/sub /start? /end?", (text, given) -> Int.of(place(text, given, true)));
        define("index", "/sub /start? /end?", (text, given) -> found(place(text, given, false)));
        define("rindex", "/sub /start? /end?", (text, given) -> found(place(text, given, true)));
        define("count", "/sub /start? /end?", (text, given) -> {
            int[] ends = Slices.range(text.length(), given, 1);
            return Int.of(Texts.count(text, given.text(0), ends[0], ends[1]));
        });
        define("ljust", "/width /fill?", (text, given) -> Texts.padded(text, given.integer(0, 0), fill(given), 0));
        define("rjust", "/width /fill?", (text, given) -> Texts.padded(text, given.integer(0, 0), fill(given), 1));
        define("center", "/width /fill?", (text, given) -> Texts.padded(text, given.integer(0, 0), fill(given), 2));
        define("zfill", "/width", (text, given) -> Texts.zeros(text, given.integer(0, 0)));
        define("expandtabs", "tabsize?", (text, given) -> Texts.expandTabs(text, given.integer(0, 8)));
        is("isspace", TextMethods::isSpace);
        is("isalpha", Character::isLetter);
        is("isalnum", c -> Character.isLetter(c) || isNumeric(c));
        is("isdecimal", Character::isDigit);
        is("isdigit", TextMethods::isDigit);
        is("isnumeric", TextMethods::isNumeric);
        plain("isascii", text -> Bool.of(all(text, c -> c < 128)));
        plain("isprintable", text -> Bool.of(all(text, Printing::printable)));
        plain("islower", text -> Bool.of(isLower(text)));
        plain("isupper", text -> Bool.of(isUpper(text)));
        plain("istitle", text -> Bool.of(Cases.isTitle(text)));
        plain("isidentifier", text -> Bool.of(isIdentifier(text)));
        define("format_map", "/mapping", (text, given) -> {
            if (!(given.require(0) instanceof Dict dict)) {
                throw new TemplateFailure("format_map() wants a mapping");
            }
            return TextFormat.format(text, List.of(), dict);
        });
    }

    private TextMethods() {}

    private static void define(String name, String parameters, Body body) {
        METHODS.put(name, new Method(parameters, body));
    }

    private static void plain(String name, Function<Text, Value> body) {
        define(name, "", (text, given) -> body.apply(text));
    }

    private static void is(String name, IntPredicate test) {
        plain(name, text -> Bool.of(text.length() > 0 && all(text, test)));
    }

    /** The method of a text, or null if there is none of this name. */
    static @Nullable Value method(Text text, String name) {
        if (name.equals("format")) {
            return new Thing.Function(arguments -> {
                var named = new Dict();
                arguments.named().forEach((key, value) -> named.put(Text.of(key), value));
                return TextFormat.format(text, arguments.positional(), named);
            });
        }
        if (name.equals("encode") || name.equals("translate") || name.equals("maketrans")) {
            return new Thing.Function(arguments -> {
                throw new TemplateFailure("the method '" + name + "' of strings is not supported");
            });
        }
        var method = METHODS.get(name);
        if (method == null) {
            return null;
        }
        boolean markup = text.markup() && KEEP_MARKUP.contains(name);
        return new Thing.Function(arguments -> {
            var result = method.body().call(text, arguments.bind(name, method.parameters()));
            return markup ? TextFilters.markup(result) : result;
        });
    }

    private static Value list(List<Value> parts) {
        return Sequence.list(parts);
    }

    private static boolean anyEdge(Text text, Bound given, boolean start) {
        int[] ends = Slices.range(text.length(), given, 1);
        var wanted = given.require(0) instanceof Sequence several && several.tuple()
                ? several.items()
                : List.of(given.require(0));
        boolean any = false;
        for (var part : wanted) {
            if (!(part instanceof Text edge)) {
                throw new TemplateFailure("startswith and endswith want strings, not '" + part.type() + "'");
            }
            int place = start ? ends[0] : ends[1] - edge.length();
            any |= ends[0] <= ends[1] && place >= ends[0] && place + edge.length() <= ends[1] && text.has(edge, place);
        }
        return any;
    }

    private static int place(Text text, Bound given, boolean last) {
        int[] ends = Slices.range(text.length(), given, 1);
        return last ? text.findLast(given.text(0), ends[0], ends[1]) : text.find(given.text(0), ends[0], ends[1]);
    }

    private static Value found(int place) {
        if (place < 0) {
            throw new TemplateFailure("substring not found");
        }
        return Int.of(place);
    }

    private static int fill(Bound given) {
        var fill = given.get(1);
        if (fill == null) {
            return ' ';
        }
        if (given.text(1).length() != 1) {
            throw new TemplateFailure("The fill character must be exactly one character long");
        }
        return given.text(1).marked(0);
    }

    private static boolean all(Text text, IntPredicate test) {
        for (int i = 0; i < text.length(); i++) {
            if (!test.test(text.at(i))) {
                return false;
            }
        }
        return true;
    }

    /** Whether Python takes a character as white space, which is more than Java's {@code strip} knows. */
    static boolean isSpace(int c) {
        return Character.isWhitespace(c) || c == 0x85 || Character.isSpaceChar(c);
    }

    private static boolean isDigit(int c) {
        return Character.isDigit(c)
                || "\u00b2\u00b3\u00b9".indexOf(c) >= 0
                || c == 0x2070
                || (c >= 0x2074 && c <= 0x2079)
                || (c >= 0x2080 && c <= 0x2089)
                || (c >= 0x2460 && c <= 0x2468);
    }

    private static boolean isNumeric(int c) {
        int type = Character.getType(c);
        return isDigit(c) || type == Character.LETTER_NUMBER || type == Character.OTHER_NUMBER;
    }

    static boolean isLower(Text text) {
        return all(text, c -> !Character.isUpperCase(c) && !Character.isTitleCase(c))
                && !all(text, c -> !Character.isLowerCase(c));
    }

    static boolean isUpper(Text text) {
        return all(text, c -> !Character.isLowerCase(c) && !Character.isTitleCase(c))
                && !all(text, c -> !Character.isUpperCase(c));
    }

    private static boolean isIdentifier(Text text) {
        return text.length() > 0
                && (text.at(0) == '_' || Character.isUnicodeIdentifierStart(text.at(0)))
                && all(
                        text,
                        c -> c == '_' || (Character.isUnicodeIdentifierPart(c) && !Character.isIdentifierIgnorable(c)));
    }
}
