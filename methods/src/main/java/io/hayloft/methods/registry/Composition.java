package io.hayloft.methods.registry;

import io.hayloft.base.UserError;
import io.hayloft.methods.Category;
import io.hayloft.methods.ComposedMethod;
import io.hayloft.methods.Eviction;
import io.hayloft.methods.Method;
import io.hayloft.methods.MethodId;
import io.hayloft.methods.MethodInfo;
import io.hayloft.methods.Part;
import io.hayloft.methods.PromptStep;
import io.hayloft.methods.expression.Arguments;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Puts the parts of one expression together, and refuses parts that do not go together. */
final class Composition {
    private final String expression;
    private final int parts;
    private final List<String> names = new ArrayList<>();
    private final List<String> families = new ArrayList<>();
    private int version;
    private Category category = Category.CONTROL;
    private @Nullable PromptStep prompt;
    private @Nullable Eviction eviction;
    private Part.@Nullable Store store;
    private Part.@Nullable Standalone standalone;

    /**
     * Begins with no part.
     *
     * @param expression for errors
     * @param parts how many will follow
     */
    Composition(String expression, int parts) {
        this.expression = expression.strip();
        this.parts = parts;
    }

    /** Adds the next part. */
    void add(MethodInfo info, Arguments arguments, Part part) {
        var before = families.isEmpty() ? "" : families.getLast();
        switch (part) {
            case Part.Nothing nothing -> refuseIf(parts > 1, "full keeps everything");
            case Part.Shorten shorten -> addPrompt(info.name(), shorten.step());
            case Part.Evict evict -> {
                refuseIf(standalone != null, standsAlone(before));
                refuseIf(eviction != null, "two methods that choose tokens do not add up");
                refuseIf(store != null, "tokens are chosen before they are stored: put it first");
                eviction = evict.eviction();
            }
            case Part.Store codec -> addStore(before, info.name(), codec);
            case Part.Standalone own -> {
                refuseIf(eviction != null || store != null || standalone != null, standsAlone(info.name()));
                standalone = own;
            }
        }
        names.add(arguments.text());
        families.add(info.name());
        version += info.version();
        category = parts > 1 ? Category.COMPOSED : info.category();
    }

    private void addPrompt(String name, PromptStep step) {
        refuseIf(prompt != null, "a prompt is shortened once");
        refuseIf(
                eviction != null || store != null || standalone != null,
                name + " works before the model reads the prompt: put it first");
        prompt = step;
    }

    private void addStore(String before, String name, Part.Store codec) {
        refuseIf(standalone != null || (eviction != null && !eviction.rule().takesCodec()), standsAlone(before));
        refuseIf(store != null, "tokens can be stored in one way only");
        refuseIf(
                eviction != null && codec.promptToo(),
                name + " reads the prompt as it stores it, and is compared alone");
        refuseIf(
                eviction != null && eviction.rule().evicts() && !codec.codec().storesTokensSeparately(),
                before + " evicts single tokens while decoding, which packed groups do not allow");
        store = codec;
    }

    private static String standsAlone(String name) {
        return name + " has a cache of its own form, which no other part can change";
    }

    private void refuseIf(boolean wrong, String reason) {
        if (wrong) {
            throw new UserError("'" + expression + "' does not go together: " + reason);
        }
    }

    /** The method, when all parts have been added. */
    Method method() {
        var id = new MethodId(String.join(" + ", names), String.join(" + ", families), category, version, prompt);
        if (standalone == null) {
            return new ComposedMethod(id, eviction, store);
        }
        return standalone.budget().requestedRatio() == 1
                ? new ComposedMethod(id, null, null)
                : standalone.method().apply(id);
    }
}
