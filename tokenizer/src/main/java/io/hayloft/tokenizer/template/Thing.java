package io.hayloft.tokenizer.template;

import org.jspecify.annotations.Nullable;

/** A value with a life of its own: functions, macros, namespaces, loops. */
abstract non-sealed class Thing implements Value {
    /** The name of the type in Python. */
    abstract String typeName();

    /** An attribute, or null if there is none. */
    @Nullable
    Value attribute(String name) {
        return null;
    }

    boolean callable() {
        return false;
    }

    Value call(Arguments arguments) {
        throw new TemplateFailure("'" + typeName() + "' object is not callable");
    }

    /** As {@code len(value)}, or -1. */
    int length() {
        return -1;
    }

    /** As {@code str(value)}. */
    String print() {
        throw new TemplateFailure("a '" + typeName() + "' object cannot be printed: it has no value of its own");
    }

    /** A function or a method of a value. */
    static final class Function extends Thing {
        /** The body of the function. */
        interface Body {
            Value call(Arguments arguments);
        }

        private final Body body;

        Function(Body body) {
            this.body = body;
        }

        @Override
        String typeName() {
            return "builtin_function_or_method";
        }

        @Override
        boolean callable() {
            return true;
        }

        @Override
        Value call(Arguments arguments) {
            return body.call(arguments);
        }
    }
}
