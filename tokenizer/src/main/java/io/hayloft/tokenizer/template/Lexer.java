package io.hayloft.tokenizer.template;

import io.hayloft.tokenizer.template.Token.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Cuts a template into tokens, with {@code trim_blocks} (the line end behind a block goes) and {@code lstrip_blocks} (so do
 * blanks between the start of a line and a block), unless {@code -} or {@code +} says otherwise.
 */
final class Lexer {
    private static final List<String> OPERATORS = List.of(
            "//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<",
            "=", ".", ":", "|", ",", ";");

    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private int at;
    private int line = 1;

    /** Whether what was read before ends in a line end, so that a line starts here. */
    private boolean lineStarts = true;

    private Lexer(String source) {
        this.source = source;
    }

    /** The tokens of a template; the last one is {@link Kind#END}. */
    static List<Token> tokens(String source) {
        var lines = newlines(source);
        var lexer = new Lexer(lines.endsWith("\n") ? lines.substring(0, lines.length() - 1) : lines);
        try {
            lexer.template();
        } catch (TemplateFailure e) {
            throw new SyntaxFailure(e, lexer.line);
        }
        return lexer.tokens;
    }

    /** A mistake in a template, with its line. */
    static final class SyntaxFailure extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final int line;

        SyntaxFailure(TemplateFailure cause, int line) {
            super(cause.getMessage(), cause);
            this.line = line;
        }

        int line() {
            return line;
        }
    }

    private static String newlines(String text) {
        return text.replace("\r\n", "\n").replace('\r', '\n');
    }

    private void template() {
        while (at < source.length()) {
            int start = nextStart();
            if (start < 0) {
                data(source.substring(at));
                at = source.length();
                break;
            }
            char kind = source.charAt(start + 1);
            char sign = signAt(start + 2);
            dataBefore(start, sign, kind == '{');
            at = start + (sign == 0 ? 2 : 3);
            lineStarts = false;
            if (kind == '#') {
                comment();
            } else if (kind == '{') {
                expression(Kind.PRINT_START, Kind.PRINT_END, '}');
            } else if (!raw()) {
                expression(Kind.TAG_START, Kind.TAG_END, '%');
            }
            lineStarts = at > 0 && source.charAt(at - 1) == '\n';
        }
        add(Kind.END, "");
    }

    /** Where the next <code>{{</code>, <code>{%</code> or <code>{#</code> stands, or -1. */
    private int nextStart() {
        for (int i = source.indexOf('{', at); i >= 0 && i + 1 < source.length(); i = source.indexOf('{', i + 1)) {
            if ("{%#".indexOf(source.charAt(i + 1)) >= 0) {
                return i;
            }
        }
        return -1;
    }

    private char signAt(int index) {
        return index < source.length() && (source.charAt(index) == '-' || source.charAt(index) == '+')
                ? source.charAt(index)
                : 0;
    }

    /** Adds the text from here to {@code end}, where a block with this sign starts. */
    private void dataBefore(int end, char sign, boolean print) {
        int to = end;
        if (sign == '-') {
            while (to > at && TextMethods.isSpace(source.charAt(to - 1))) {
                to--;
            }
        } else if (sign == 0 && !print) {
            int from = end;
            while (from > at && source.charAt(from - 1) != '\n' && TextMethods.isSpace(source.charAt(from - 1))) {
                from--;
            }
            if (from > at ? source.charAt(from - 1) == '\n' : lineStarts) {
                to = from;
            }
        }
        data(source.substring(at, to));
        countLines(to, end);
    }

    private void data(String text) {
        if (!text.isEmpty()) {
            add(Kind.DATA, text);
        }
        line += (int) text.chars().filter(c -> c == '\n').count();
    }

    private void countLines(int from, int to) {
        line += (int) source.substring(from, to).chars().filter(c -> c == '\n').count();
    }

    private void add(Kind kind, String text) {
        tokens.add(new Token(kind, text, line));
    }

    private void comment() {
        int end = source.indexOf("#}", at);
        if (end < 0) {
            throw new TemplateFailure("a comment has no end '#}'");
        }
        // A sign belongs to the end even if it stands right behind the start.
        char sign = end > at ? signAt(end - 1) : 0;
        countLines(at, end);
        at = end + 2;
        behindBlock(sign, true);
    }

    /** Goes past what a block end with this sign takes with it. */
    private void behindBlock(char sign, boolean trim) {
        int from = at;
        if (sign == '-') {
            while (at < source.length() && TextMethods.isSpace(source.charAt(at))) {
                at++;
            }
        } else if (sign == 0 && trim && at < source.length() && source.charAt(at) == '\n') {
            at++;
        }
        countLines(from, at);
    }

    /** Reads a whole raw block if one starts here, behind <code>{%</code> and its sign. */
    private boolean raw() {
        int end = blockOf("raw", at);
        if (end < 0 || source.charAt(end - 3) == '+') {
            return false;
        }
        char sign = signAt(end - 3);
        countLines(at, end);
        at = end;
        behindBlock(sign, false);
        lineStarts = source.charAt(at - 1) == '\n';
        for (int start = source.indexOf("{%", at); start >= 0; start = source.indexOf("{%", start + 1)) {
            char startSign = signAt(start + 2);
            int behind = blockOf("endraw", start + (startSign == 0 ? 2 : 3));
            if (behind >= 0) {
                dataBefore(start, startSign, false);
                countLines(start, behind);
                at = behind;
                behindBlock(signAt(behind - 3), true);
                return true;
            }
        }
        throw new TemplateFailure("a raw block has no end '{% endraw %}'");
    }

    /** The place behind <code>WORD %}</code>, blanks and sign allowed, if it stands here, or -1. */
    private int blockOf(String word, int from) {
        int i = skipSpace(from);
        if (!source.startsWith(word, i)) {
            return -1;
        }
        i = skipSpace(i + word.length());
        i += signAt(i) == 0 ? 0 : 1;
        return source.startsWith("%}", i) ? i + 2 : -1;
    }

    private int skipSpace(int from) {
        int i = from;
        while (i < source.length() && TextMethods.isSpace(source.charAt(i))) {
            i++;
        }
        return i;
    }

    /** Reads the tokens of an expression or statement up to its end, which open brackets hide. */
    private void expression(Kind start, Kind end, char closing) {
        add(start, "");
        Deque<Character> open = new ArrayDeque<>();
        while (true) {
            int from = at;
            at = skipSpace(at);
            countLines(from, at);
            if (at >= source.length()) {
                throw new TemplateFailure("the end '" + closing + "}' is missing");
            }
            if (open.isEmpty() && ends(end, closing)) {
                return;
            }
            var literal = new LiteralLexer(source, at, line);
            var token = literal.next();
            if (token == null) {
                operator(open);
            } else {
                tokens.add(token);
                countLines(at, literal.end());
                at = literal.end();
            }
        }
    }

    private boolean ends(Kind end, char closing) {
        char sign = signAt(at);
        if (sign == '+' && end == Kind.PRINT_END) {
            return false;
        }
        int behind = at + (sign == 0 ? 0 : 1);
        if (!source.startsWith(closing + "}", behind)) {
            return false;
        }
        add(end, "");
        at = behind + 2;
        behindBlock(sign, end == Kind.TAG_END);
        return true;
    }

    private void operator(Deque<Character> open) {
        for (var operator : OPERATORS) {
            if (source.startsWith(operator, at)) {
                char c = operator.charAt(0);
                if ("([{".indexOf(c) >= 0) {
                    open.push(")]}".charAt("([{".indexOf(c)));
                } else if (")]}".indexOf(c) >= 0 && (open.isEmpty() || open.pop() != c)) {
                    throw new TemplateFailure("unexpected '" + c + "'");
                }
                add(Kind.OPERATOR, operator);
                at += operator.length();
                return;
            }
        }
        throw new TemplateFailure("unexpected character '" + Character.toString(source.codePointAt(at)) + "'");
    }
}
