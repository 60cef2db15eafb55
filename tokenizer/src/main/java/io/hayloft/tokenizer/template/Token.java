package io.hayloft.tokenizer.template;

import java.math.BigInteger;

/**
 * A token of a template.
 *
 * @param text data as it is printed, a string without quotes and escapes, a name, an operator
 * @param line from 1
 */
record Token(Kind kind, String text, int line) {
    /** The kind of a token; {@code PRINT_*} stand around an expression that is printed, {@code TAG_*} around a statement. */
    enum Kind {
        DATA("text"),
        PRINT_START("{{"),
        PRINT_END("}}"),
        TAG_START("{%"),
        TAG_END("%}"),
        NAME("a name"),
        STRING("a string"),
        INTEGER("a number"),
        REAL("a number"),
        OPERATOR("an operator"),
        END("the end of the template");

        private final String words;

        Kind(String words) {
            this.words = words;
        }

        String words() {
            return words;
        }
    }

    boolean is(Kind wanted, String words) {
        return kind == wanted && text.equals(words);
    }

    boolean isOperator(String operator) {
        return is(Kind.OPERATOR, operator);
    }

    boolean isName(String name) {
        return is(Kind.NAME, name);
    }

    /** The value of an integer literal. */
    BigInteger integer() {
        var value = Numbers.parseWhole(text, 0);
        if (value == null) {
            throw new TemplateFailure("a number literal of " + text.length() + " digits is too long");
        }
        return value;
    }

    /** For errors. */
    String describe() {
        return switch (kind) {
            case NAME, OPERATOR, INTEGER, REAL -> "'" + text + "'";
            default -> kind.words();
        };
    }
}
