package io.hayloft.methods.fuzz;

import io.hayloft.base.UserError;
import io.hayloft.methods.Methods;
import java.nio.charset.StandardCharsets;

/** Fuzz target: any text is a method or a {@link UserError}, and what is a method prints itself in a form that parses. */
public final class ExpressionFuzz {
    private ExpressionFuzz() {}

    /** Called by the fuzzer. */
    public static void fuzzerTestOneInput(byte[] input) {
        String name;
        try {
            name = Methods.parse(new String(input, StandardCharsets.UTF_8)).name();
        } catch (UserError e) {
            return;
        }
        if (!Methods.parse(name).name().equals(name)) {
            throw new AssertionError("'" + name + "' is not canonical");
        }
    }
}
