package io.hayloft.tokenizer.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A macro, or the body of a call block, with the variables around its definition. */
final class Macro extends Thing {
    /** A parameter; without {@code otherwise} it is undefined when no argument is given. */
    record Parameter(String name, @Nullable Expression otherwise) {}

    /**
     * A macro as it is written.
     *
     * @param name empty for the body of a call block
     * @param read names that the body reads and does not set before: whether it asks for {@code caller}, {@code kwargs}
     *     and {@code varargs} decides which arguments it takes
     */
    record Definition(String name, List<Parameter> parameters, List<Statement> body, Set<String> read) {}

    private final Definition definition;
    private final Scope outer;
    private final Renderer renderer;

    Macro(Definition definition, Scope outer, Renderer renderer) {
        this.definition = definition;
        this.outer = outer;
        this.renderer = renderer;
    }

    @Override
    String typeName() {
        return "Macro";
    }

    @Override
    boolean callable() {
        return true;
    }

    @Override
    String print() {
        return definition.name().isEmpty() ? "<Macro anonymous>" : "<Macro '" + definition.name() + "'>";
    }

    @Override
    @Nullable
    Value attribute(String name) {
        return switch (name) {
            case "name" -> definition.name().isEmpty() ? None.NONE : Text.of(definition.name());
            case "arguments" ->
                Sequence.tuple(definition.parameters().stream()
                        .<Value>map(parameter -> Text.of(parameter.name()))
                        .toList());
            case "catch_kwargs" -> Bool.of(takes("kwargs"));
            case "catch_varargs" -> Bool.of(takes("varargs"));
            case "caller" -> Bool.of(definition.read().contains("caller"));
            default -> null;
        };
    }

    private boolean has(String parameter) {
        return definition.parameters().stream().anyMatch(p -> p.name().equals(parameter));
    }

    /** Whether the body asks for arguments that no parameter takes. */
    private boolean takes(String special) {
        return definition.read().contains(special) && !has(special);
    }

    @Override
    Value call(Arguments arguments) {
        var scope = new Scope(outer);
        var named = new LinkedHashMap<>(arguments.named());
        var missing = new ArrayList<Parameter>();
        for (int i = 0; i < definition.parameters().size(); i++) {
            var parameter = definition.parameters().get(i);
            var value =
                    i < arguments.positional().size() ? arguments.positional().get(i) : named.remove(parameter.name());
            if (value == null) {
                missing.add(parameter);
                value = new Undefined("'" + parameter.name() + "' is undefined");
            }
            scope.set(parameter.name(), value);
        }
        if (takes("caller")) {
            var caller = named.remove("caller");
            scope.set("caller", caller == null ? new Undefined("No caller defined") : caller);
        }
        surplus(arguments.positional(), named, scope);
        for (var parameter : missing) {
            scope.set(
                    parameter.name(),
                    parameter.otherwise() == null
                            ? new Undefined("parameter '" + parameter.name() + "' was not provided")
                            : renderer.evaluator().value(parameter.otherwise(), scope));
        }
        return renderer.capture(definition.body(), scope);
    }

    private void surplus(List<Value> positional, Map<String, Value> named, Scope scope) {
        if (takes("kwargs")) {
            var rest = new Dict();
            named.forEach((name, value) -> rest.put(Text.of(name), value));
            scope.set("kwargs", rest);
        } else if (!named.isEmpty()) {
            throw new TemplateFailure("macro '" + definition.name() + "' takes no keyword argument '"
                    + named.keySet().iterator().next() + "'");
        }
        int count = definition.parameters().size();
        if (takes("varargs")) {
            scope.set(
                    "varargs",
                    Sequence.tuple(
                            List.copyOf(positional.subList(Math.min(count, positional.size()), positional.size()))));
        } else if (positional.size() > count) {
            throw new TemplateFailure(
                    "macro '" + definition.name() + "' takes not more than " + count + " argument(s)");
        }
    }
}
