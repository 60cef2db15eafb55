package io.hayloft.tokenizer.template;

import org.jspecify.annotations.Nullable;

/** Variables that outlive the block in which they are set. */
final class Namespace extends Thing {
    private final Dict variables = new Dict();
    private boolean printing;

    void set(String name, Value value) {
        if (name.startsWith("_")) {
            throw new TemplateFailure(
                    "Chat templates cannot store underscore-prefixed attributes on a namespace, but got '" + name
                            + "'. Please rename the attribute.");
        }
        variables.put(Text.of(name), value);
    }

    @Override
    String typeName() {
        return "TemplateNamespace";
    }

    @Override
    @Nullable
    Value attribute(String name) {
        return variables.get(Text.of(name));
    }

    @Override
    String print() {
        if (printing) {
            return "<Namespace {...}>";
        }
        printing = true;
        try {
            return "<Namespace " + Printing.literal(variables) + ">";
        } finally {
            printing = false;
        }
    }
}
