package io.hayloft.tokenizer.template;

import io.hayloft.tokenizer.template.Expression.FilterCall;
import io.hayloft.tokenizer.template.Statement.Target;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** Runs the statements of a template. */
final class Renderer {
    private enum Flow {
        ON,
        BREAK,
        CONTINUE
    }

    private final Budget budget;
    private final Evaluator evaluator;
    private int line = 1;

    Renderer(Budget budget) {
        this.budget = budget;
        evaluator = new Evaluator(budget);
    }

    Evaluator evaluator() {
        return evaluator;
    }

    /** The line of the statement that runs. */
    int line() {
        return line;
    }

    /** The text that statements print. */
    Text capture(List<Statement> body, Scope scope) {
        var out = new TextBuilder();
        run(body, scope, out);
        var text = out.toText();
        budget.made(text);
        return text;
    }

    private Flow run(List<Statement> body, Scope scope, TextBuilder out) {
        budget.enter();
        var flow = Flow.ON;
        for (int i = 0; i < body.size() && flow == Flow.ON; i++) {
            budget.spend(1);
            flow = run(body.get(i), scope, out);
        }
        budget.leave();
        return flow;
    }

    private Flow run(Statement statement, Scope scope, TextBuilder out) {
        switch (statement) {
            case Statement.Data data -> out.append(data.text());
            case Statement.Print print -> {
                line = print.line();
                out.append(Printing.print(evaluator.value(print.value(), scope)));
            }
            case Statement.If conditional -> {
                return runIf(conditional, scope, out);
            }
            case Statement.For loop -> {
                line = loop.line();
                if (loop.recursive()) {
                    out.append(runRecursive(loop, evaluator.value(loop.items(), scope), scope, 0));
                    return Flow.ON;
                }
                return runFor(loop, evaluator.value(loop.items(), scope), scope, out, 0);
            }
            case Statement.Assign assign -> {
                line = assign.line();
                requireNamespaces(assign.target(), scope);
                assign(assign.target(), evaluator.value(assign.value(), scope), scope);
            }
            case Statement.AssignBlock block -> {
                requireNamespaces(block.target(), scope);
                return runBlock(block.body(), block.filters(), scope, text -> assign(block.target(), text, scope));
            }
            case Statement.FilterBlock block -> {
                return runBlock(block.body(), block.filters(), scope, text -> out.append(printed(text)));
            }
            case Statement.With with -> {
                line = with.line();
                var inner = new Scope(scope);
                for (int i = 0; i < with.targets().size(); i++) {
                    assign(with.targets().get(i), evaluator.value(with.values().get(i), scope), inner);
                }
                return run(with.body(), inner, out);
            }
            case Statement.MacroDefinition definition ->
                scope.set(definition.macro().name(), new Macro(definition.macro(), scope, this));
            case Statement.CallBlock block -> {
                line = block.line();
                var caller = new Macro(block.body(), scope, this);
                out.append(printed(evaluator.call(block.call(), scope, caller)));
            }
            case Statement.Scoped scoped -> run(scoped.body(), new Scope(scope), out);
            case Statement.Leave leave -> {
                return leave.forGood() ? Flow.BREAK : Flow.CONTINUE;
            }
        }
        return Flow.ON;
    }

    private Flow runIf(Statement.If conditional, Scope scope, TextBuilder out) {
        for (var branch : conditional.branches()) {
            line = branch.line();
            if (evaluator.value(branch.condition(), scope).truth()) {
                return run(branch.body(), scope, out);
            }
        }
        return run(conditional.otherwise(), scope, out);
    }

    /** The text that a filter or call block prints, which Jinja2 does not turn into text by itself. */
    private static Text printed(Value value) {
        if (value instanceof Text text) {
            return text;
        }
        throw new TemplateFailure("a block gives '" + value.type() + "' where text is expected");
    }

    private interface Sink {
        void take(Value text);
    }

    /** Captures a block and filters its text; one that a loop leaves half way is thrown away. */
    private Flow runBlock(List<Statement> body, List<FilterCall> filters, Scope scope, Sink sink) {
        var inner = new Scope(scope);
        var captured = new TextBuilder();
        var flow = run(body, inner, captured);
        if (flow == Flow.ON) {
            Value text = captured.toText();
            for (var filter : filters) {
                text = evaluator.filter(text, filter, inner);
            }
            sink.take(text);
        }
        return flow;
    }

    private Text runRecursive(Statement.For loop, Value items, Scope scope, int depth) {
        var out = new TextBuilder();
        runFor(loop, items, scope, out, depth);
        return out.toText();
    }

    private Flow runFor(Statement.For loop, Value items, Scope scope, TextBuilder out, int depth) {
        budget.enter();
        var condition = loop.condition();
        var source = condition == null ? items.iterate() : chosen(loop, condition, items.iterate(), scope);
        var position = new Loop(
                source,
                condition == null ? items.size() : -1,
                loop.recursive() ? inner -> runRecursive(loop, inner, scope, depth + 1) : null,
                depth);
        boolean completed = false;
        var flow = Flow.ON;
        while (flow != Flow.BREAK && position.hasNext()) {
            budget.spend(1);
            var inner = new Scope(scope);
            var value = position.next();
            inner.set("loop", position);
            assign(loop.target(), value, inner);
            flow = run(loop.body(), inner, out);
            // As in Jinja2, a round that ends early does not count.
            completed |= flow == Flow.ON;
        }
        budget.leave();
        return completed ? Flow.ON : run(loop.otherwise(), new Scope(scope), out);
    }

    /** The items for which the loop's condition holds, each looked at when it is asked for. */
    private Iterator<Value> chosen(Statement.For loop, Expression condition, Iterator<Value> items, Scope scope) {
        return new Iterator<>() {
            private @Nullable Value next;

            @Override
            public boolean hasNext() {
                while (next == null && items.hasNext()) {
                    budget.spend(1);
                    var item = items.next();
                    var inner = new Scope(scope);
                    assign(loop.target(), item, inner);
                    next = evaluator.value(condition, inner).truth() ? item : null;
                }
                return next != null;
            }

            @Override
            public Value next() {
                if (!hasNext() || next == null) {
                    throw new NoSuchElementException();
                }
                var item = next;
                next = null;
                return item;
            }
        };
    }

    private static void requireNamespaces(Target target, Scope scope) {
        switch (target) {
            case Target.Variable variable -> {
                // Any variable may be set.
            }
            case Target.Member member -> {
                if (!(scope.get(member.namespace()) instanceof Namespace)) {
                    throw new TemplateFailure("cannot assign attribute on non-namespace object");
                }
            }
            case Target.Several(var targets) -> targets.forEach(each -> requireNamespaces(each, scope));
        }
    }

    private void assign(Target target, Value value, Scope scope) {
        switch (target) {
            case Target.Variable(String name) -> scope.set(name, value);
            case Target.Member(String namespace, String name) -> {
                if (scope.get(namespace) instanceof Namespace object) {
                    object.set(name, value);
                }
            }
            case Target.Several(var targets) -> {
                var items = value.iterate();
                for (int i = 0; i < targets.size(); i++) {
                    if (!items.hasNext()) {
                        throw new TemplateFailure(
                                "not enough values to unpack (expected " + targets.size() + ", got " + i + ")");
                    }
                    assign(targets.get(i), items.next(), scope);
                }
                if (items.hasNext()) {
                    throw new TemplateFailure("too many values to unpack (expected " + targets.size() + ")");
                }
            }
        }
    }
}
