package io.hayloft.tokenizer;

import io.hayloft.base.UserError;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Values that the user gives to a chat template.
 *
 * @param variables by name: null, text, numbers, booleans, lists and maps
 * @param think whether the model should think before it answers, by whatever name its template asks for that; null
 *     leaves it to the template
 */
public record ChatArguments(
        Map<String, @Nullable Object> variables, @Nullable Boolean think) {
    /** No values: the template decides. */
    public static final ChatArguments NONE = new ChatArguments(Map.of(), null);

    private static final List<String> THINK = List.of("enable_thinking", "thinking");

    private static final Set<String> OWN = Set.of("messages", "add_generation_prompt");

    /** Copies the map. */
    public ChatArguments(Map<String, @Nullable Object> variables, @Nullable Boolean think) {
        this.variables = Collections.unmodifiableMap(new LinkedHashMap<String, @Nullable Object>(variables));
        this.think = think;
    }

    /** Returns whether there are none. */
    public boolean isEmpty() {
        return variables.isEmpty() && think == null;
    }

    /**
     * The variables for a template.
     *
     * @throws UserError if the template reads no variable of such a name
     */
    Map<String, @Nullable Object> forTemplate(ChatFormat format) {
        var all = new LinkedHashMap<String, @Nullable Object>(variables);
        for (var name : variables.keySet()) {
            if (OWN.contains(name) || !format.reads(name)) {
                throw new UserError("template argument '" + name + "': "
                        + (OWN.contains(name)
                                ? "the prompt itself decides this variable"
                                : "the chat template reads no variable of this name (" + format.source() + ")"));
            }
        }
        if (think != null) {
            var name = THINK.stream()
                    .filter(format::reads)
                    .findFirst()
                    .orElseThrow(() -> new UserError("this model's chat template has no switch for thinking ("
                            + String.join(" or ", THINK) + "): leave out --think and --no-think"));
            if (variables.containsKey(name) && !think.equals(variables.get(name))) {
                throw new UserError("template argument '" + name + "' says the opposite of "
                        + (think ? "--think" : "--no-think") + ": give one of them");
            }
            all.put(name, think);
        }
        return all;
    }
}
