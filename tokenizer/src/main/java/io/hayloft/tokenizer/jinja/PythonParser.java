package io.hayloft.tokenizer.jinja;

import com.hubspot.jinjava.el.ext.AstNamedParameter;
import com.hubspot.jinjava.el.ext.ExtendedParser;
import com.hubspot.jinjava.el.ext.NamedParameterOperator;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import java.util.ArrayList;
import java.util.List;
import jinjava.de.odysseus.el.tree.impl.Builder;
import jinjava.de.odysseus.el.tree.impl.Parser.ParseException;
import jinjava.de.odysseus.el.tree.impl.Scanner.ScanException;
import jinjava.de.odysseus.el.tree.impl.Scanner.Symbol;
import jinjava.de.odysseus.el.tree.impl.ast.AstBinary;
import jinjava.de.odysseus.el.tree.impl.ast.AstDot;
import jinjava.de.odysseus.el.tree.impl.ast.AstIdentifier;
import jinjava.de.odysseus.el.tree.impl.ast.AstNode;
import jinjava.de.odysseus.el.tree.impl.ast.AstNull;
import jinjava.de.odysseus.el.tree.impl.ast.AstParameters;
import jinjava.de.odysseus.el.tree.impl.ast.AstUnary;
import jinjava.javax.el.ELException;
import org.jspecify.annotations.Nullable;

/**
 * Parses what the library's parser gets wrong: in {@code f(name=a - 1)} the whole {@code a - 1} belongs to the name, slices
 * may have a step, as in {@code messages[::-1]}, {@code a and b} is one of both values and not true or false, and
 * {@code not a is defined} denies the whole test.
 */
final class PythonParser extends ExtendedParser {
    private static final AstBinary.Operator AND = (bindings, context, left, right) -> {
        var first = left.eval(bindings, context);
        return bindings.convert(first, Boolean.class) ? right.eval(bindings, context) : first;
    };

    PythonParser(Builder builder, String expression) {
        super(builder, expression);
    }

    @Override
    protected AstParameters params(Symbol left, Symbol right) throws ScanException, ParseException {
        consumeToken(left);
        var arguments = new ArrayList<AstNode>();
        while (getToken().getSymbol() != right) {
            arguments.add(argument());
            if (getToken().getSymbol() != Symbol.COMMA) {
                break;
            }
            consumeToken();
        }
        consumeToken(right);
        return createAstParameters(arguments);
    }

    private AstNode argument() throws ScanException, ParseException {
        if (getToken().getSymbol() == Symbol.IDENTIFIER && lookahead(0).equals(NamedParameterOperator.TOKEN)) {
            var name = identifier(consumeToken().getImage());
            consumeToken();
            return new AstNamedParameter(name, expr(true));
        }
        return expr(true);
    }

    @Override
    protected @Nullable AstNode and(boolean required) throws ScanException, ParseException {
        var left = not(required);
        while (left != null && getToken().getSymbol() == Symbol.AND) {
            consumeToken();
            left = createAstBinary(left, not(true), AND);
        }
        return left;
    }

    private @Nullable AstNode not(boolean required) throws ScanException, ParseException {
        if (getToken().getSymbol() == Symbol.NOT) {
            consumeToken();
            return createAstUnary(not(true), AstUnary.NOT);
        }
        return eq(required);
    }

    @Override
    protected @Nullable AstNode value() throws ScanException, ParseException {
        var value = nonliteral();
        boolean assignable = value != null;
        if (value == null) {
            value = literal();
        }
        while (value != null) {
            if (getToken().getSymbol() == Symbol.DOT) {
                consumeToken();
                var member = createAstDot(value, consumeToken(Symbol.IDENTIFIER).getImage(), assignable);
                value = getToken().getSymbol() == Symbol.LPAREN ? createAstMethod(member, params()) : member;
            } else if (getToken().getSymbol() == Symbol.LBRACK) {
                value = subscript(value, assignable);
            } else {
                return value;
            }
        }
        return null;
    }

    /** {@code value[index]}, or {@code value[from:to:step]} with any part left out, read as a call of a method. */
    private AstNode subscript(AstNode value, boolean assignable) throws ScanException, ParseException {
        consumeToken(Symbol.LBRACK);
        var first = sliceEnd();
        if (first != null && getToken().getSymbol() == Symbol.RBRACK) {
            consumeToken();
            var element = createAstBracket(value, first, assignable, false);
            return getToken().getSymbol() == Symbol.LPAREN ? createAstMethod(element, params()) : element;
        }
        consumeToken(Symbol.COLON);
        var to = sliceEnd();
        AstNode step = null;
        if (getToken().getSymbol() == Symbol.COLON) {
            consumeToken();
            step = sliceEnd();
        }
        consumeToken(Symbol.RBRACK);
        var slice = createAstDot(value, PythonMethods.SLICE, false);
        return createAstMethod(slice, createAstParameters(List.of(orNull(first), orNull(to), orNull(step))));
    }

    /** The library reads a filter or test as a member of a name; one that it does not have would give nothing. */
    @Override
    protected AstDot createAstDot(AstNode base, String property, boolean assignable) {
        if (base instanceof AstIdentifier identifier) {
            var name = identifier.getName();
            var context = JinjavaInterpreter.getCurrent().getContext();
            if (name.startsWith(FILTER_PREFIX) && context.getFilter(name.substring(FILTER_PREFIX.length())) == null) {
                throw new ELException("there is no filter '" + name.substring(FILTER_PREFIX.length()) + "'");
            }
            if (name.startsWith(EXPTEST_PREFIX)
                    && context.getExpTest(name.substring(EXPTEST_PREFIX.length())) == null) {
                throw new ELException("there is no test '" + name.substring(EXPTEST_PREFIX.length()) + "'");
            }
        }
        return super.createAstDot(base, property, assignable);
    }

    private @Nullable AstNode sliceEnd() throws ScanException, ParseException {
        var symbol = getToken().getSymbol();
        return symbol == Symbol.COLON || symbol == Symbol.RBRACK ? null : expr(true);
    }

    private static AstNode orNull(@Nullable AstNode node) {
        return node == null ? new AstNull() : node;
    }
}
