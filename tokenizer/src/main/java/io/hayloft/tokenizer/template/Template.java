package io.hayloft.tokenizer.template;

import io.hayloft.base.UserError;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A chat template, which renders as Jinja2 does under the transformers library. Safe for use by several threads. */
public final class Template {
    private static final int MAX_SOURCE = 5_000_000;
    private static final int MAX_MESSAGE = 300;

    private final List<Statement> statements;

    private Template(List<Statement> statements) {
        this.statements = statements;
    }

    /**
     * Reads a template.
     *
     * @throws UserError if it is broken or needs what is not supported; one line that says what and in which line of the
     *     template, but not which file the template comes from
     */
    public static Template parse(String source) {
        if (source.length() > MAX_SOURCE) {
            throw new UserError("the chat template is longer than " + MAX_SOURCE + " characters");
        }
        try {
            return new Template(StatementParser.parse(source));
        } catch (Lexer.SyntaxFailure e) {
            throw new UserError("the chat template is broken (line " + e.line() + "): " + oneLine(e.getMessage()), e);
        }
    }

    /**
     * The text of the template with these variables.
     *
     * @param variables null, text ({@link Content} for that of messages), numbers, booleans, collections and maps
     * @param clock the time that {@code strftime_now} gives
     * @throws UserError if the template fails, goes beyond the limits for untrusted input, or refuses these variables by
     *     {@code raise_exception}; one line, without the name of the template's file
     */
    public Rendered render(Map<String, ? extends @Nullable Object> variables, Clock clock) {
        var scope = new Scope(Functions.scope(clock));
        var renderer = new Renderer(new Budget());
        try {
            variables.forEach((name, value) -> scope.set(name, value(value)));
            return renderer.capture(statements, scope).rendered();
        } catch (TemplateFailure e) {
            throw new UserError(
                    e.refusal()
                            ? "the chat template refuses these messages: " + oneLine(e.getMessage())
                            : "the chat template cannot be rendered (line " + renderer.line() + "): "
                                    + oneLine(e.getMessage()),
                    e);
        }
    }

    private static String oneLine(@Nullable String message) {
        var line = String.valueOf(message).strip().replaceAll("\\s+", " ");
        return line.length() > MAX_MESSAGE ? line.substring(0, MAX_MESSAGE) + "..." : line;
    }

    private static Value value(@Nullable Object object) {
        return switch (object) {
            case null -> Value.None.NONE;
            case Boolean flag -> Value.Bool.of(flag);
            case Content content -> Text.content(content.text());
            case CharSequence text -> Text.of(text.toString());
            case BigInteger number -> new Value.Int(number);
            case BigDecimal number -> new Value.Real(number.doubleValue());
            case Double number -> new Value.Real(number);
            case Float number -> new Value.Real(number);
            case Number number -> Value.Int.of(number.longValue());
            case Collection<?> items ->
                Value.Sequence.list(items.stream().map(Template::value).toList());
            case Map<?, ?> map -> {
                var dict = new Dict();
                map.forEach((key, item) -> dict.put(value(key), value(item)));
                dict.extent();
                yield dict;
            }
            default -> throw new IllegalArgumentException("no variable for templates: " + object.getClass());
        };
    }
}
