package io.hayloft.tokenizer.template;

import io.hayloft.tokenizer.template.Expression.FilterCall;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A step of a template. */
sealed interface Statement {
    /** Text that is printed as it stands. */
    record Data(Text text) implements Statement {}

    /** <code>{{ value }}</code>. */
    record Print(Expression value, int line) implements Statement {}

    /** A condition and what it guards. */
    record Branch(Expression condition, List<Statement> body, int line) {}

    /** {@code if, elif, else}. */
    record If(List<Branch> branches, List<Statement> otherwise) implements Statement {}

    /** {@code for target in items if condition recursive ... else ...}. */
    record For(
            Target target,
            Expression items,
            @Nullable Expression condition,
            boolean recursive,
            List<Statement> body,
            List<Statement> otherwise,
            int line)
            implements Statement {}

    /** {@code set target = value}. */
    record Assign(Target target, Expression value, int line) implements Statement {}

    /** {@code set target | filters ... endset}. */
    record AssignBlock(Target target, List<FilterCall> filters, List<Statement> body, int line) implements Statement {}

    /** {@code filter filters ... endfilter}. */
    record FilterBlock(List<FilterCall> filters, List<Statement> body, int line) implements Statement {}

    /** {@code with target = value, ... endwith}. */
    record With(List<Target> targets, List<Expression> values, List<Statement> body, int line) implements Statement {}

    /** {@code macro name(parameters) ... endmacro}. */
    record MacroDefinition(Macro.Definition macro, int line) implements Statement {}

    /** {@code call(parameters) function(arguments) ... endcall}. */
    record CallBlock(Expression.Call call, Macro.Definition body, int line) implements Statement {}

    /** {@code generation ... endgeneration}: the words of the assistant, marked for training. */
    record Scoped(List<Statement> body) implements Statement {}

    /** {@code break} or {@code continue}. */
    record Leave(boolean forGood) implements Statement {}

    /** The target of an assignment. */
    sealed interface Target {
        /** A variable. */
        record Variable(String name) implements Target {}

        /** An attribute of a namespace. */
        record Member(String namespace, String name) implements Target {}

        /** Targets for the items of a value. */
        record Several(List<Target> targets) implements Target {}
    }
}
