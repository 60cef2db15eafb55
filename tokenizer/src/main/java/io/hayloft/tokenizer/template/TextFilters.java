package io.hayloft.tokenizer.template;

import io.hayloft.tokenizer.template.Arguments.Bound;
import io.hayloft.tokenizer.template.Value.Int;
import io.hayloft.tokenizer.template.Value.None;
import io.hayloft.tokenizer.template.Value.Sequence;
import io.hayloft.tokenizer.template.Value.Undefined;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Filters that give text. */
final class TextFilters {
    private TextFilters() {}

    static void all(Filters.Table table) {
        table.put("upper", "", (value, given) -> kept(value, Cases::upper));
        table.put("lower", "", (value, given) -> kept(value, Cases::lower));
        table.put("capitalize", "", (value, given) -> kept(value, Cases::capitalize));
        table.put("title", "", (value, given) -> title(Printing.print(value)));
        table.put(
                "trim",
                "chars?",
                (value, given) -> kept(value, text -> Texts.strip(text, given.textOrNull(0), true, true)));
        table.put(
                "center",
                "width?",
                (value, given) -> kept(value, text -> Texts.padded(text, given.integer(0, 80), ' ', 2)));
        table.put("string", "", (value, given) -> Printing.print(value));
        table.put("safe", "", (value, given) -> Printing.print(value).withMarkup(true));
        table.put("escape", "", (value, given) -> escape(Printing.print(value)));
        table.put("e", "", (value, given) -> escape(Printing.print(value)));
        table.put(
                "forceescape",
                "",
                (value, given) -> escape(Printing.print(value).withMarkup(false)));
        table.put("replace", "old new count?", TextFilters::replace);
        table.put("indent", "width? first? blank?", TextFilters::indent);
        table.put("truncate", "length? killwords? end? leeway?", TextFilters::truncate);
        table.put("wordcount", "", (value, given) -> Int.of(words(Printing.print(value))));
        table.put("urlencode", "", (value, given) -> urlEncode(value));
        table.put("xmlattr", "autospace?", TextFilters::xmlAttributes);
    }

    private static Text kept(Value value, UnaryOperator<Text> change) {
        var text = Printing.print(value);
        return change.apply(text.withMarkup(false)).withMarkup(text.markup());
    }

    /** A text with the signs of HTML escaped, unless it is markup already. */
    static Text escape(Text text) {
        if (text.markup()) {
            return text;
        }
        var out = new TextBuilder();
        for (int i = 0; i < text.length(); i++) {
            var escaped = switch (text.at(i)) {
                case '&' -> "&amp;";
                case '<' -> "&lt;";
                case '>' -> "&gt;";
                case '\'' -> "&#39;";
                case '"' -> "&#34;";
                default -> "";
            };
            if (escaped.isEmpty()) {
                out.append(text.marked(i));
            } else {
                out.append(escaped, text.marked(i));
            }
        }
        return out.toText().withMarkup(true);
    }

    /** The value with its texts as markup. */
    static Value markup(Value value) {
        return switch (value) {
            case Text text -> text.withMarkup(true);
            case Sequence sequence -> {
                var items = sequence.items().stream().map(TextFilters::markup).toList();
                yield sequence.tuple() ? Sequence.tuple(items) : Sequence.list(items);
            }
            default -> value;
        };
    }

    /** Capital letters at the start and behind blanks, hyphens and opening brackets. */
    private static Text title(Text text) {
        var out = new TextBuilder();
        int from = 0;
        while (from < text.length()) {
            int to = from;
            boolean between = separates(text.at(from));
            while (to < text.length() && separates(text.at(to)) == between) {
                to++;
            }
            out.append(Cases.upper(text.slice(from, from + 1))).append(Cases.lower(text.slice(from + 1, to)));
            from = to;
        }
        return out.toText();
    }

    private static boolean separates(int c) {
        return "-({[<".indexOf(c) >= 0 || TextMethods.isSpace(c);
    }

    static Value format(Value value, Arguments arguments) {
        if (!arguments.positional().isEmpty() && !arguments.named().isEmpty()) {
            throw new TemplateFailure("can't handle positional and keyword arguments at the same time");
        }
        var named = new Dict();
        arguments.named().forEach((name, given) -> named.put(Text.of(name), given));
        return PercentFormat.format(
                Printing.print(value), named.count() > 0 ? named : Sequence.tuple(arguments.positional()));
    }

    private static Value replace(Value value, Bound given) {
        var count = given.orNull(2);
        return Texts.replace(
                Printing.print(value).withMarkup(false),
                Printing.print(given.require(0)),
                Printing.print(given.require(1)),
                count == null ? -1 : Arguments.clamp(Arguments.whole(count, "replace")));
    }

    private static Value indent(Value value, Bound given) {
        if (!(value instanceof Text text)) {
            throw value instanceof Undefined undefined
                    ? undefined.failure()
                    : Operators.unsupported("+=", value, Text.EMPTY);
        }
        var width = given.or(0, Int.of(4));
        var indent = width instanceof Text named
                ? named
                : new TextBuilder()
                        .repeat(Text.of(" "), Arguments.clamp(Arguments.whole(width, "indent")))
                        .toText();
        indent = text.markup() ? escape(indent) : indent;
        var lines = Texts.lines(new TextBuilder().append(text).append("\n").toText(), false);
        var out = new TextBuilder().append(given.flag(1) ? indent : Text.EMPTY);
        for (int i = 0; i < lines.size(); i++) {
            var line = (Text) lines.get(i);
            boolean indented = i > 0 && (given.flag(2) || line.length() > 0);
            out.append(i > 0 ? "\n" : "").append(indented ? indent : Text.EMPTY).append(line);
        }
        return out.toText().withMarkup(text.markup());
    }

    private static Value truncate(Value value, Bound given) {
        int length = given.integer(0, 255);
        var end = given.get(2) == null ? Text.of("...") : given.text(2);
        int leeway = given.orNull(3) == null ? 5 : given.integer(3, 5);
        if (length < end.length() || leeway < 0) {
            throw new TemplateFailure("truncate wants a length of at least that of its end, and no negative leeway");
        }
        if (value.requireSize() <= (long) length + leeway) {
            return value;
        }
        if (!(value instanceof Text text)) {
            throw new TemplateFailure("truncate wants a string, not '" + value.type() + "'");
        }
        var cut = text.slice(0, length - end.length());
        int blank = given.flag(1) ? -1 : cut.findLast(Text.of(" "), 0, cut.length());
        return Operators.arithmetic("+", blank < 0 ? cut : cut.slice(0, blank), end);
    }

    private static int words(Text text) {
        int words = 0;
        boolean within = false;
        for (int i = 0; i < text.length(); i++) {
            int c = text.at(i);
            int type = Character.getType(c);
            boolean word = c == '_'
                    || Character.isLetterOrDigit(c)
                    || type == Character.LETTER_NUMBER
                    || type == Character.OTHER_NUMBER;
            words += word && !within ? 1 : 0;
            within = word;
        }
        return words;
    }

    private static Value urlEncode(Value value) {
        var items = value instanceof Text || value instanceof None ? null : value.iterator();
        if (items == null) {
            return quoted(Printing.print(value), "/");
        }
        var out = new TextBuilder();
        var pairs = value instanceof Dict dict ? dict.pairs() : value.toList();
        for (var pair : pairs) {
            var both = pair.toList();
            if (both.size() != 2) {
                throw new TemplateFailure("urlencode wants pairs of key and value");
            }
            out.append(out.length() > 0 ? "&" : "");
            out.append(plus(quoted(Printing.print(both.get(0)), ""))).append("=");
            out.append(plus(quoted(Printing.print(both.get(1)), "")));
        }
        return out.toText();
    }

    private static Text plus(Text quoted) {
        return Texts.replace(quoted, Text.of("%20"), Text.of("+"), -1);
    }

    private static Text quoted(Text text, String safe) {
        var out = new TextBuilder();
        for (int i = 0; i < text.length(); i++) {
            int c = text.at(i);
            if (c < 128 && (Character.isLetterOrDigit(c) || "_.-~".indexOf(c) >= 0 || safe.indexOf(c) >= 0)) {
                out.append(text.marked(i));
            } else {
                for (byte unit : Character.toString(c).getBytes(StandardCharsets.UTF_8)) {
                    out.append("%%%02X".formatted(unit & 0xFF), text.marked(i));
                }
            }
        }
        return out.toText();
    }

    private static Value xmlAttributes(Value value, Bound given) {
        if (!(value instanceof Dict dict)) {
            throw new TemplateFailure("xmlattr wants a mapping");
        }
        List<Text> parts = new ArrayList<>();
        for (var key : dict.keys()) {
            var item = dict.get(key);
            if (item == null || item == None.NONE || item instanceof Undefined) {
                continue;
            }
            if (!(key instanceof Text name)
                    || name.toString().chars().anyMatch(c -> " \t\n\r\f\u000b/>=".indexOf(c) >= 0)) {
                throw new TemplateFailure("Invalid character in attribute name: " + Printing.literal(key));
            }
            parts.add(new TextBuilder()
                    .append(escape(name))
                    .append("=\"")
                    .append(escape(Printing.print(item)))
                    .append("\"")
                    .toText());
        }
        var joined = Texts.join(Text.of(" "), Sequence.list(List.copyOf(parts)));
        boolean space = joined.length() > 0 && (given.get(0) == null || given.flag(0));
        return new TextBuilder().append(space ? " " : "").append(joined).toText();
    }
}
