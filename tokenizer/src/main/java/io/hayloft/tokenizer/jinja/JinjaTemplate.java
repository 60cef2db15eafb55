package io.hayloft.tokenizer.jinja;

import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.LegacyOverrides;
import com.hubspot.jinjava.el.ExtendedSyntaxBuilder;
import com.hubspot.jinjava.el.JinjavaInterpreterResolver;
import com.hubspot.jinjava.interpret.Context;
import com.hubspot.jinjava.interpret.TemplateError;
import com.hubspot.jinjava.mode.ExecutionMode;
import com.hubspot.jinjava.tree.output.RenderedOutputNode;
import io.hayloft.base.UserError;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import jinjava.de.odysseus.el.ExpressionFactoryImpl;
import jinjava.de.odysseus.el.tree.TreeStore;
import jinjava.de.odysseus.el.tree.impl.Builder;
import jinjava.de.odysseus.el.tree.impl.Cache;
import jinjava.de.odysseus.el.tree.impl.Parser;
import jinjava.javax.el.CompositeELResolver;
import jinjava.javax.el.ExpressionFactory;
import org.jspecify.annotations.Nullable;

/**
 * A chat template, rendered as {@code transformers} does: blocks trimmed, no HTML escaping, values printed as in Python, and
 * text of messages never read as template.
 */
public final class JinjaTemplate {
    private static final Jinjava ENGINE = new PythonJinjava();
    private static final Pattern INDENT = Pattern.compile("(?m)^[ \\t]+(?=\\{(?:%(?!\\+)|#))");

    private final String source;
    private final Clock clock;

    /**
     * A template; mistakes in it show when it is rendered.
     *
     * @param clock what {@code strftime_now} tells
     */
    public JinjaTemplate(String source, Clock clock) {
        this.source = prepared(source);
        this.clock = clock;
    }

    /**
     * One line end at the end of a template is dropped, and blanks between the start of a line and a block. The library's
     * own {@code lstripBlocks} would also drop the blank in {@code "a {% if b %}"}.
     */
    private static String prepared(String source) {
        var lines = source.replace("\r\n", "\n").replace('\r', '\n');
        var trimmed = lines.endsWith("\n") ? lines.substring(0, lines.length() - 1) : lines;
        return INDENT.matcher(trimmed).replaceAll("").replace("{%+", "{%");
    }

    /**
     * The text of the template with these variables.
     *
     * @param variables text, numbers, booleans, lists and maps
     * @throws UserError if the template is broken, needs what is not supported, or refuses these variables by
     *     {@code raise_exception}; the message is one line without the template's origin
     */
    public String render(Map<String, ?> variables) {
        var bindings = new HashMap<String, Object>(variables);
        bindings.put(TemplateFunctions.CLOCK, clock);
        bindings.put("strftime_now", "function"); // so that "strftime_now is defined"
        var result = ENGINE.renderForResult(source, bindings);
        for (var error : result.getErrors()) {
            // A warning is an undefined value, which Python prints as nothing too.
            if (error.getSeverity() == TemplateError.ErrorType.FATAL) {
                throw failure(error);
            }
        }
        return result.getOutput();
    }

    private static UserError failure(TemplateError error) {
        for (Throwable cause = error.getException(); cause != null; cause = cause.getCause()) {
            if (cause instanceof TemplateFunctions.Raised raised) {
                return new UserError(
                        "the chat template refuses these messages: " + oneLine(raised.getMessage()), raised);
            }
        }
        return new UserError(
                "the chat template cannot be rendered (line " + error.getLineno() + "): " + oneLine(error.getMessage()),
                error.getException());
    }

    private static String oneLine(@Nullable String message) {
        var line = String.valueOf(message).strip().replaceAll("\\s+", " ");
        return line.length() > 300 ? line.substring(0, 300) + "..." : line;
    }

    /** The library with Python's parser, methods, printing, filters and loops. */
    private static final class PythonJinjava extends Jinjava {
        private static final int CACHED_EXPRESSIONS = 1000;
        private static final int MACRO_DEPTH = 50;

        private final ExpressionFactory expressions = new ExpressionFactoryImpl(
                new TreeStore(new PythonSyntax(), new Cache(CACHED_EXPRESSIONS)), new PythonText.Converter());

        PythonJinjava() {
            super(config());
            var context = getGlobalContext();
            context.registerTag(new PythonForTag());
            context.registerTag(new GenerationTag());
            PythonFilters.all().forEach(context::registerFilter);
            context.registerExpTest(new IterableTest());
            TemplateFunctions.all().forEach(context::registerFunction);
        }

        @Override
        public ExpressionFactory getExpressionFactory() {
            return expressions;
        }

        private static JinjavaConfig config() {
            var methods = new CompositeELResolver();
            methods.add(new PythonMethods());
            methods.add(JinjavaInterpreterResolver.DEFAULT_RESOLVER_READ_ONLY);
            var overrides = LegacyOverrides.newBuilder()
                    .withEvaluateMapKeys(true)
                    .withIterateOverMapKeys(true)
                    .withUsePyishObjectMapper(true)
                    .withUseNaturalOperatorPrecedence(true)
                    .withParseWhitespaceControlStrictly(true)
                    .withAllowAdjacentTextNodes(true)
                    .withUseTrimmingForNotesAndExpressions(true)
                    .withKeepNullableLoopValues(true)
                    .withHandleBackslashInQuotesOnly(true)
                    .build();
            return JinjavaConfig.newBuilder()
                    .withTrimBlocks(true)
                    .withNestedInterpretationEnabled(false)
                    .withEnableRecursiveMacroCalls(true)
                    .withMaxMacroRecursionDepth(MACRO_DEPTH)
                    .withElResolver(methods)
                    .withExecutionMode(new PythonPrinting())
                    .withLegacyOverrides(overrides)
                    .build();
        }
    }

    private static final class PythonSyntax extends ExtendedSyntaxBuilder {
        private static final long serialVersionUID = 1L;

        PythonSyntax() {
            super(Builder.Feature.METHOD_INVOCATIONS, Builder.Feature.NULL_PROPERTIES, Builder.Feature.VARARGS);
        }

        @Override
        protected Parser createParser(String expression) {
            return new PythonParser(this, expression);
        }
    }

    /** Prints the value of {@code {{ ... }}} as Python does. */
    private static final class PythonPrinting implements ExecutionMode {
        @Override
        public void prepareContext(Context context) {
            context.setExpressionStrategy((token, interpreter) -> new RenderedOutputNode(
                    PythonText.print(interpreter.resolveELExpression(token.getExpr(), token.getLineNumber()))));
        }
    }
}
