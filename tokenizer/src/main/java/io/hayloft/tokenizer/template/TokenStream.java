package io.hayloft.tokenizer.template;

import io.hayloft.tokenizer.template.Token.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The tokens of a template, one after the other, with what both parsers keep in mind as they read. */
final class TokenStream {
    private static final int MAX_DEPTH = 200;

    /** The uses of names in the body of a macro. */
    record Mentions(Set<String> read, Set<String> stored) {
        Mentions() {
            this(new HashSet<>(), new HashSet<>());
        }
    }

    private final List<Token> tokens;
    private final List<String> unknown = new ArrayList<>();
    private final Deque<Mentions> macros = new ArrayDeque<>();
    private int at;
    private int depth;

    TokenStream(List<Token> tokens) {
        this.tokens = tokens;
    }

    Token current() {
        return tokens.get(at);
    }

    Token peek() {
        return tokens.get(Math.min(at + 1, tokens.size() - 1));
    }

    Token next() {
        var token = current();
        at = Math.min(at + 1, tokens.size() - 1);
        return token;
    }

    boolean skipName(String name) {
        return skip(current().isName(name));
    }

    boolean skipOperator(String operator) {
        return skip(current().isOperator(operator));
    }

    private boolean skip(boolean there) {
        if (there) {
            next();
        }
        return there;
    }

    void expect(Kind kind) {
        if (current().kind() != kind) {
            throw new TemplateFailure(
                    kind.words() + " is missing before " + current().describe());
        }
        next();
    }

    void expectOperator(String operator) {
        if (!skipOperator(operator)) {
            throw new TemplateFailure(
                    "'" + operator + "' is missing before " + current().describe());
        }
    }

    void expectKeyword(String name) {
        if (!skipName(name)) {
            throw new TemplateFailure(
                    "'" + name + "' is missing before " + current().describe());
        }
    }

    String expectName() {
        var token = current();
        expect(Kind.NAME);
        return token.text();
    }

    /** Goes a level deeper, where one expression or block stands within another. */
    void enter() {
        if (++depth > MAX_DEPTH) {
            throw new TemplateFailure("expressions or blocks are nested more than " + MAX_DEPTH + " deep");
        }
    }

    void leave() {
        depth--;
    }

    /** Keeps in mind that a filter or test does not exist: an error, unless {@link #forgiveUnknown} comes first. */
    void unknown(String problem) {
        unknown.add(problem);
    }

    int unknownNames() {
        return unknown.size();
    }

    /** Leaves what was unknown since then to the time when it is used: it stands in a condition, which may ask first. */
    void forgiveUnknown(int since) {
        unknown.subList(since, unknown.size()).clear();
    }

    /** Throws if a filter or test was unknown since then. */
    void requireKnown(int since) {
        if (unknown.size() > since) {
            throw new TemplateFailure(unknown.get(since));
        }
    }

    /** A variable is read here. */
    void mention(String name) {
        for (var macro : macros) {
            if (!macro.stored().contains(name)) {
                macro.read().add(name);
            }
        }
    }

    /** A variable is set here. */
    void store(String name) {
        macros.forEach(macro -> macro.stored().add(name));
    }

    void startMacro() {
        macros.push(new Mentions());
    }

    /** The names that the macro reads without setting them first. */
    Set<String> endMacro() {
        return macros.pop().read();
    }
}
