package io.hayloft.bench.plan;

import io.hayloft.base.UserError;
import io.hayloft.bench.BenchSpec;
import io.hayloft.methods.Method;
import io.hayloft.methods.registry.Methods;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Leaves out of a run what its model or machine cannot do, so that one setting does not stop a grid. */
public final class FittingMethods {
    /** Rows that stand beside every comparison, and alone compare nothing. */
    private static final List<String> CONTROLS = List.of("full", "random", "truncation");

    private FittingMethods() {}

    /**
     * The specification without the methods that cannot run, and with a note for each reason.
     *
     * @throws UserError if methods other than the controls were asked for and none of them can run
     */
    public static BenchSpec of(BenchSpec spec, SampleRunner runner) {
        var fitting = new ArrayList<String>();
        var leftOut = new LinkedHashMap<String, List<String>>();
        boolean controlsOnly = true;
        for (var name : spec.methods()) {
            var method = Methods.parse(name);
            var reason = runner.refusal(method);
            if (reason.isPresent()) {
                leftOut.computeIfAbsent(reason.get(), any -> new ArrayList<>()).add(name);
            } else {
                fitting.add(name);
                controlsOnly &= isControl(method);
            }
        }
        if (leftOut.isEmpty()) {
            return spec;
        }
        if (!runner.hasCache()) {
            leaveOutLoneControls(fitting, leftOut);
        }
        var notes = new ArrayList<>(spec.notes());
        leftOut.forEach((reason, names) -> notes.add("left out " + String.join(", ", names) + ": " + reason));
        if (controlsOnly && (runner.hasCache() || fitting.isEmpty())) {
            throw new UserError("none of the methods can run: " + String.join("; ", notes));
        }
        return spec.withMethods(fitting, notes);
    }

    /** A prompt that is cut is compared with methods of its budget: without a cache, these are gone with the caches. */
    private static void leaveOutLoneControls(List<String> fitting, Map<String, List<String>> leftOut) {
        var methods = fitting.stream().map(Methods::parse).toList();
        var lone = methods.stream()
                .filter(method -> method.family().equals("truncation"))
                .filter(cut -> methods.stream()
                        .filter(method -> !isControl(method))
                        .noneMatch(method -> Objects.equals(method.requestedRatio(), cut.requestedRatio())))
                .map(Method::name)
                .toList();
        if (!lone.isEmpty()) {
            fitting.removeAll(lone);
            leftOut.put("no method of the same budget is left to compare with", lone);
        }
    }

    private static boolean isControl(Method method) {
        return CONTROLS.contains(method.family());
    }
}
