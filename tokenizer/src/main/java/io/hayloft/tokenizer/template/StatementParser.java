package io.hayloft.tokenizer.template;

import io.hayloft.tokenizer.template.Expression.FilterCall;
import io.hayloft.tokenizer.template.Statement.Branch;
import io.hayloft.tokenizer.template.Statement.Target;
import io.hayloft.tokenizer.template.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reads a template. */
final class StatementParser {
    private static final Set<String> UNSUPPORTED =
            Set.of("include", "import", "from", "extends", "block", "autoescape");

    private final TokenStream tokens;
    private final ExpressionParser expressions;
    private final TargetParser targets;

    /** Loops around this place, up to the next macro. */
    private int loops;

    private StatementParser(TokenStream tokens) {
        this.tokens = tokens;
        expressions = new ExpressionParser(tokens);
        targets = new TargetParser(tokens, expressions);
    }

    /** The statements of a template. */
    static List<Statement> parse(String source) {
        var tokens = new TokenStream(Lexer.tokens(source));
        try {
            var statements = new StatementParser(tokens).body(Set.of());
            tokens.requireKnown(0);
            return statements;
        } catch (TemplateFailure e) {
            throw new Lexer.SyntaxFailure(e, tokens.current().line());
        }
    }

    /** Statements up to a tag with one of these names, which is the current token then. */
    private List<Statement> body(Set<String> ends) {
        tokens.enter();
        var statements = new ArrayList<Statement>();
        while (true) {
            var token = tokens.next();
            switch (token.kind()) {
                case DATA -> statements.add(new Statement.Data(Text.of(token.text())));
                case PRINT_START -> {
                    statements.add(new Statement.Print(tuple(Set.of()), token.line()));
                    tokens.expect(Kind.PRINT_END);
                }
                case TAG_START -> {
                    if (tokens.current().kind() == Kind.NAME
                            && ends.contains(tokens.current().text())) {
                        tokens.leave();
                        return statements;
                    }
                    statement(statements);
                    tokens.expect(Kind.TAG_END);
                }
                default -> {
                    if (!ends.isEmpty()) {
                        throw new TemplateFailure("the template ends where '"
                                + String.join("' or '", ends.stream().sorted().toList()) + "' is missing");
                    }
                    tokens.leave();
                    return statements;
                }
            }
        }
    }

    /** A body behind the end of its tag; the tag that ends it is read up to its name. */
    private List<Statement> block(String... ends) {
        tokens.skipOperator(":");
        tokens.expect(Kind.TAG_END);
        return body(Set.of(ends));
    }

    /** As {@link #block}, of a part in which an unknown filter is an error even within a condition. */
    private List<Statement> scope(String end) {
        int unknown = tokens.unknownNames();
        var body = block(end);
        tokens.next();
        tokens.requireKnown(unknown);
        return body;
    }

    private Expression tuple(Set<String> ends) {
        return expressions.tuple(true, false, ends);
    }

    private void statement(List<Statement> statements) {
        int line = tokens.current().line();
        if (tokens.current().kind() != Kind.NAME) {
            throw new TemplateFailure(
                    "a tag's name is missing before " + tokens.current().describe());
        }
        var name = tokens.next().text();
        switch (name) {
            case "if" -> statements.add(conditional());
            case "for" -> statements.add(loop(line));
            case "set" -> statements.add(assignment(line));
            case "with" -> statements.add(with(line));
            case "filter" -> {
                var filters = filters(true);
                statements.add(new Statement.FilterBlock(filters, scope("endfilter"), line));
            }
            case "macro" -> {
                var macro = targets.name();
                statements.add(new Statement.MacroDefinition(macro(macro, parameters(), "endmacro"), line));
            }
            case "call" -> statements.add(call(line));
            case "generation" -> {
                int outer = loops;
                loops = 0;
                statements.add(new Statement.Scoped(scope("endgeneration")));
                loops = outer;
            }
            case "print" -> {
                while (tokens.current().kind() != Kind.TAG_END) {
                    statements.add(new Statement.Print(expressions.expression(), line));
                    if (!tokens.skipOperator(",")) {
                        break;
                    }
                }
            }
            case "break", "continue" -> {
                if (loops == 0) {
                    throw new TemplateFailure("'" + name + "' outside of a loop");
                }
                statements.add(new Statement.Leave(name.equals("break")));
            }
            default ->
                throw new TemplateFailure(
                        UNSUPPORTED.contains(name)
                                ? "'" + name + "' is not supported in chat templates"
                                : "Encountered unknown tag '" + name + "'.");
        }
    }

    private Statement conditional() {
        int unknown = tokens.unknownNames();
        var branches = new ArrayList<Branch>();
        var otherwise = List.<Statement>of();
        var end = "elif";
        while (end.equals("elif")) {
            int line = tokens.current().line();
            var condition = expressions.tuple(false, false, Set.of());
            branches.add(new Branch(condition, block("elif", "else", "endif"), line));
            end = tokens.next().text();
        }
        if (end.equals("else")) {
            otherwise = block("endif");
            tokens.next();
        }
        tokens.forgiveUnknown(unknown);
        return new Statement.If(branches, otherwise);
    }

    private Statement loop(int line) {
        var target = targets.target(false);
        tokens.expectKeyword("in");
        var items = expressions.tuple(false, false, Set.of("recursive"));
        int unknown = tokens.unknownNames();
        var condition = tokens.skipName("if") ? expressions.expression() : null;
        boolean recursive = tokens.skipName("recursive");
        loops++;
        targets.enterLoop(target);
        var body = block("endfor", "else");
        loops--;
        var otherwise = List.<Statement>of();
        if (tokens.next().text().equals("else")) {
            otherwise = block("endfor");
            tokens.next();
        }
        targets.leaveLoop();
        tokens.requireKnown(unknown);
        return new Statement.For(target, items, condition, recursive, body, otherwise, line);
    }

    private Statement assignment(int line) {
        var target = targets.target(true);
        if (tokens.skipOperator("=")) {
            return new Statement.Assign(target, tuple(Set.of()), line);
        }
        int unknown = tokens.unknownNames();
        var filters = filters(false);
        var body = scope("endset");
        tokens.requireKnown(unknown);
        return new Statement.AssignBlock(target, filters, body, line);
    }

    private List<FilterCall> filters(boolean first) {
        var filters = new ArrayList<FilterCall>();
        if (first) {
            filters.add(expressions.operands().filterCall());
        }
        while (tokens.skipOperator("|")) {
            filters.add(expressions.operands().filterCall());
        }
        return filters;
    }

    private Statement with(int line) {
        var names = new ArrayList<Target>();
        var values = new ArrayList<Expression>();
        while (tokens.current().kind() != Kind.TAG_END) {
            if (!names.isEmpty()) {
                tokens.expectOperator(",");
            }
            names.add(targets.target(false));
            tokens.expectOperator("=");
            values.add(expressions.expression());
        }
        return new Statement.With(names, values, scope("endwith"), line);
    }

    private Statement call(int line) {
        var parameters = tokens.current().isOperator("(") ? parameters() : List.<Macro.Parameter>of();
        if (!(expressions.expression() instanceof Expression.Call call)) {
            throw new TemplateFailure("a call block wants the call of a macro");
        }
        return new Statement.CallBlock(call, macro("", parameters, "endcall"), line);
    }

    private List<Macro.Parameter> parameters() {
        var parameters = new ArrayList<Macro.Parameter>();
        tokens.expectOperator("(");
        boolean defaults = false;
        while (!tokens.current().isOperator(")")) {
            if (!parameters.isEmpty()) {
                tokens.expectOperator(",");
            }
            var name = targets.name();
            if (parameters.stream().anyMatch(parameter -> parameter.name().equals(name))) {
                throw new TemplateFailure("duplicate argument '" + name + "' in function definition");
            }
            var otherwise = tokens.skipOperator("=") ? expressions.expression() : null;
            if (defaults && otherwise == null) {
                throw new TemplateFailure("non-default argument follows default argument");
            }
            defaults |= otherwise != null;
            parameters.add(new Macro.Parameter(name, otherwise));
        }
        tokens.expectOperator(")");
        return parameters;
    }

    private Macro.Definition macro(String name, List<Macro.Parameter> parameters, String end) {
        int outer = loops;
        loops = 0;
        tokens.startMacro();
        var body = scope(end);
        var read = tokens.endMacro();
        loops = outer;
        for (var parameter : parameters) {
            if (parameter.name().equals("caller") && read.contains("caller") && parameter.otherwise() == null) {
                throw new TemplateFailure(
                        "When defining macros or call blocks the special \"caller\" argument must be omitted or be"
                                + " given a default.");
            }
        }
        return new Macro.Definition(name, parameters, body, read);
    }
}
