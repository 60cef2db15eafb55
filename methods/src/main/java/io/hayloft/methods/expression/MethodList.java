package io.hayloft.methods.expression;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Lists of method expressions with commas between, whose options have commas themselves. */
public final class MethodList {
    /** {@code window=64} goes on with the method before it; {@code kivi:k=4} begins one. */
    private static final Pattern OPTION = Pattern.compile("[^:+=]*=.*", Pattern.DOTALL);

    private MethodList() {}

    /**
     * Puts together what commas have separated: {@code full,snapkv:4x,window=64,kivi:2bit} are three expressions.
     *
     * @param parts texts between commas
     */
    public static List<String> join(List<String> parts) {
        var methods = new ArrayList<String>();
        for (var part : parts) {
            if (!methods.isEmpty() && OPTION.matcher(part).matches()) {
                methods.set(methods.size() - 1, methods.getLast() + "," + part);
            } else {
                methods.add(part);
            }
        }
        return methods;
    }
}
