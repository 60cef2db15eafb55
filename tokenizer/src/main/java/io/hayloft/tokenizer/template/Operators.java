package io.hayloft.tokenizer.template;

import io.hayloft.tokenizer.template.Value.Bool;
import io.hayloft.tokenizer.template.Value.Int;
import io.hayloft.tokenizer.template.Value.None;
import io.hayloft.tokenizer.template.Value.Range;
import io.hayloft.tokenizer.template.Value.Real;
import io.hayloft.tokenizer.template.Value.Sequence;
import io.hayloft.tokenizer.template.Value.Undefined;
import io.hayloft.tokenizer.template.Value.View;
import java.util.ArrayList;
import java.util.List;

/** Python's operators on values. */
final class Operators {
    private Operators() {}

    /** Applies {@code + - * / // % **}. */
    static Value arithmetic(String operator, Value left, Value right) {
        if (operator.equals("%") && left instanceof Text format) {
            return PercentFormat.format(format, right);
        }
        refuseUndefined(left, right);
        if (isNumber(left) && isNumber(right)) {
            return Numbers.apply(operator, left, right);
        }
        if (operator.equals("+")) {
            if (left instanceof Text a && right instanceof Text b) {
                return joined(a, b);
            }
            if (left instanceof Sequence a && right instanceof Sequence b && a.tuple() == b.tuple()) {
                var items = new ArrayList<>(a.items());
                items.addAll(b.items());
                return a.tuple() ? Sequence.tuple(items) : Sequence.list(items);
            }
        }
        if (operator.equals("*")) {
            if (isWhole(right) && isRepeatable(left)) {
                return repeated(left, right);
            }
            if (isWhole(left) && isRepeatable(right)) {
                return repeated(right, left);
            }
        }
        throw unsupported(operator, left, right);
    }

    private static Text joined(Text a, Text b) {
        boolean markup = a.markup() || b.markup();
        return new TextBuilder()
                .append(markup ? TextFilters.escape(a) : a)
                .append(markup ? TextFilters.escape(b) : b)
                .toText()
                .withMarkup(markup);
    }

    private static boolean isRepeatable(Value value) {
        return value instanceof Text || value instanceof Sequence;
    }

    private static Value repeated(Value value, Value times) {
        var whole = Arguments.whole(times, "*");
        if (whole.bitLength() > 63) {
            throw new TemplateFailure("cannot fit 'int' into an index-sized integer");
        }
        int count = Arguments.clamp(whole);
        if (value instanceof Text text) {
            return new TextBuilder().repeat(text, count).toText().withMarkup(text.markup());
        }
        var sequence = (Sequence) value;
        Value.Extent.requireFew((long) sequence.items().size() * Math.max(0, count));
        var items = new ArrayList<Value>();
        for (int i = 0; i < count && !sequence.items().isEmpty(); i++) {
            items.addAll(sequence.items());
        }
        return sequence.tuple() ? Sequence.tuple(items) : Sequence.list(items);
    }

    static TemplateFailure unsupported(String operator, Value left, Value right) {
        return new TemplateFailure(
                "unsupported operand type(s) for " + operator + ": '" + left.type() + "' and '" + right.type() + "'");
    }

    private static void refuseUndefined(Value left, Value right) {
        if (left instanceof Undefined undefined) {
            throw undefined.failure();
        }
        if (right instanceof Undefined undefined) {
            throw undefined.failure();
        }
    }

    static boolean isWhole(Value value) {
        return value instanceof Int || value instanceof Bool;
    }

    static boolean isNumber(Value value) {
        return isWhole(value) || value instanceof Real;
    }

    static Value negative(Value value) {
        return sign("-", value) instanceof Real real ? new Real(-real.value()) : Numbers.apply("-", Int.of(0), value);
    }

    static Value positive(Value value) {
        return sign("+", value) instanceof Real real ? real : Numbers.apply("+", Int.of(0), value);
    }

    private static Value sign(String operator, Value value) {
        refuseUndefined(value, value);
        if (!isNumber(value)) {
            throw new TemplateFailure("bad operand type for unary " + operator + ": '" + value.type() + "'");
        }
        return value;
    }

    /** Applies {@code == != < <= > >= in notin}. */
    static boolean compare(String operator, Value left, Value right) {
        return switch (operator) {
            case "==" -> equal(left, right);
            case "!=" -> !equal(left, right);
            case "in" -> contains(right, left);
            case "notin" -> !contains(right, left);
            case "<" -> less(operator, left, right, false);
            case "<=" -> less(operator, left, right, true);
            case ">" -> less(operator, right, left, false);
            default -> less(operator, right, left, true);
        };
    }

    /** Whether {@code a < b}, or {@code a <= b}. */
    private static boolean less(String operator, Value a, Value b, boolean orEqual) {
        refuseUndefined(a, b);
        if (isNumber(a) && isNumber(b)) {
            return !isNan(a) && !isNan(b) && order(Numbers.compare(a, b), orEqual);
        }
        if (a instanceof Text x && b instanceof Text y) {
            return order(x.compareTo(y), orEqual);
        }
        if (a instanceof Sequence x && b instanceof Sequence y && x.tuple() == y.tuple()) {
            for (int i = 0; i < Math.min(x.items().size(), y.items().size()); i++) {
                if (!same(x.items().get(i), y.items().get(i))) {
                    return less(operator, x.items().get(i), y.items().get(i), orEqual);
                }
            }
            return order(Integer.compare(x.items().size(), y.items().size()), orEqual);
        }
        if (a instanceof View x
                && b instanceof View y
                && !x.kind().equals("values")
                && !y.kind().equals("values")) {
            boolean within = x.items().stream().allMatch(item -> contains(b, item));
            return within && (orEqual || x.items().size() < y.items().size());
        }
        throw new TemplateFailure(
                "'" + operator + "' not supported between instances of '" + a.type() + "' and '" + b.type() + "'");
    }

    private static boolean isNan(Value value) {
        return value instanceof Real real && Double.isNaN(real.value());
    }

    private static boolean order(int compared, boolean orEqual) {
        return compared < 0 || (orEqual && compared == 0);
    }

    /** As an order for sorting by {@code <}. */
    static int order(Value a, Value b) {
        return less("<", a, b, false) ? -1 : less("<", b, a, false) ? 1 : 0;
    }

    /** Identical or equal, as containers compare their items. */
    @SuppressWarnings("ReferenceEquality") // as Python does, so that NaN is in a list that holds it
    static boolean same(Value a, Value b) {
        return a == b || equal(a, b);
    }

    @SuppressWarnings("ReferenceEquality") // functions and the like are equal to themselves alone
    static boolean equal(Value a, Value b) {
        if (isNumber(a) && isNumber(b)) {
            return !isNan(a) && !isNan(b) && Numbers.compare(a, b) == 0;
        }
        return switch (a) {
            case None none -> b instanceof None;
            case Undefined undefined -> b instanceof Undefined;
            case Text x -> b instanceof Text y && x.equalTo(y);
            case Sequence x -> b instanceof Sequence y && x.tuple() == y.tuple() && equalItems(x.items(), y.items());
            case Range x -> b instanceof Range y && equalItems(x.items(), y.items());
            case Dict x -> b instanceof Dict y && x.equalTo(y);
            case View x ->
                !x.kind().equals("values")
                        && b instanceof View y
                        && !y.kind().equals("values")
                        && x.items().size() == y.items().size()
                        && x.items().stream().allMatch(item -> contains(b, item));
            default -> a == b;
        };
    }

    private static boolean equalItems(List<Value> a, List<Value> b) {
        if (a.size() != b.size()) {
            return false;
        }
        for (int i = 0; i < a.size(); i++) {
            if (!same(a.get(i), b.get(i))) {
                return false;
            }
        }
        return true;
    }

    /** As {@code item in container}. */
    static boolean contains(Value container, Value item) {
        return switch (container) {
            case Text text when item instanceof Text part -> text.find(part, 0, text.length()) >= 0;
            case Text text ->
                throw new TemplateFailure("'in <string>' requires string as left operand, not " + item.type());
            case Dict dict -> dict.get(item) != null;
            default -> holds(container, item);
        };
    }

    private static boolean holds(Value container, Value item) {
        var items = container.iterator();
        if (items == null) {
            throw new TemplateFailure("argument of type '" + container.type() + "' is not iterable");
        }
        while (items.hasNext()) {
            if (same(items.next(), item)) {
                return true;
            }
        }
        return false;
    }

    /** As {@code value is sameas other}: equal constants are one object, containers are what they are. */
    @SuppressWarnings("ReferenceEquality") // identity is what is asked
    static boolean identical(Value a, Value b) {
        return switch (a) {
            case Bool x -> b instanceof Bool y && x.value() == y.value();
            case Int x -> b instanceof Int y && x.value().equals(y.value());
            case Real x -> b instanceof Real y && Double.compare(x.value(), y.value()) == 0;
            case Text x -> b instanceof Text y && x.equalTo(y);
            default -> a == b;
        };
    }
}
