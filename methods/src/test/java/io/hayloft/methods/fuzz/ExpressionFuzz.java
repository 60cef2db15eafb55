package io.hayloft.methods.fuzz;

import io.hayloft.base.UserError;
import io.hayloft.methods.registry.Methods;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Fuzz target: any text is a method or a {@link UserError}, and what is a method prints itself in a form that parses. */
public final class ExpressionFuzz {
    private ExpressionFuzz() {}

    /** The examples of the registry and a sum. */
    public static List<byte[]> seeds() {
        var seeds = new ArrayList<byte[]>();
        for (var info : Methods.all()) {
            seeds.add(info.example().getBytes(StandardCharsets.UTF_8));
        }
        seeds.add(
                "snapkv:2.5x,window=64,kernel=7 + kivi:k=4,v=2,group=64,residual=128".getBytes(StandardCharsets.UTF_8));
        return seeds;
    }

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
