package io.hayloft.base;

import java.util.List;
import java.util.regex.Pattern;

/** Says in plain words what a JSON parser has to say: its own words speak of its settings to those who program it. */
public final class JsonErrors {
    private record Rule(Pattern words, String plain) {}

    private static final List<Rule> RULES = List.of(
            rule("Unexpected end-of-input.*", "the text ends too early"),
            rule("Unexpected end of .*", "the text ends too early"),
            rule("Unexpected close marker '(.)'.*", "unexpected '$1'"),
            rule("Unexpected character \\('(.)' \\(code \\d+.*", "unexpected '$1'"),
            rule("Unexpected character \\(.*\\(code (\\d+).*", "unexpected character of code $1"),
            rule("Unrecognized token '(.*?)'.*", "'$1' is not a value of JSON"),
            rule("(?:Non-standard token|Invalid numeric value) '(.*?)'.*", "'$1' is not a number of JSON"),
            rule(
                    "Illegal unquoted character \\(\\(CTRL-CHAR, code (\\d+)\\).*",
                    "a control character (code $1) within quotes, which must be escaped"),
            rule("Illegal character \\(\\(CTRL-CHAR, code (\\d+)\\).*", "a control character (code $1)"),
            rule("Unrecognized character escape '(.)'.*", "unknown escape \\\\$1"),
            rule("Unrecognized character escape.*", "an unknown escape"),
            rule("Unexpected character escape.*", "an unknown escape"),
            rule("Missing (?:required )?creator property '(.*?)'.*", "'$1' is missing"),
            rule(
                    "Cannot deserialize value of type `(?:[\\w.]*\\.)?(\\w+)[^`]*` from String (\".*?\").*",
                    "$2 is not of type $1"),
            rule("Cannot (?:deserialize value|coerce|construct instance) .*", "a value is of the wrong kind"),
            rule("Duplicate Object property \"(.*?)\".*", "'$1' is there twice"),
            rule("Trailing token.*", "more text behind the value"),
            rule(
                    "Leading zeroes not allowed.*|Invalid numeric value: Leading zeroes.*",
                    "a number with a leading zero"));

    /** Where the parser speaks of itself or of the place, which the caller gives. */
    private static final Pattern ASIDE =
            Pattern.compile("(;? ?(enable|\\[Source|\\(start marker|to allow|at \\[)|\\(StreamRead).*");

    private JsonErrors() {}

    private static Rule rule(String words, String plain) {
        return new Rule(Pattern.compile(words, Pattern.DOTALL), plain);
    }

    /**
     * One line in plain words.
     *
     * @param message of the parser
     */
    public static String inWords(String message) {
        for (var rule : RULES) {
            var match = rule.words().matcher(message);
            if (match.matches()) {
                return match.replaceFirst(rule.plain());
            }
        }
        var line = message.lines().findFirst().orElse("");
        return ASIDE.matcher(line).replaceFirst("").strip();
    }
}
