package io.hayloft.kernels;

import io.hayloft.base.Suggest;
import io.hayloft.base.UserError;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/** Finds what computes the matrix products of a prefill: the kernels of this package, or a backend beside them. */
public final class PrefillBackends {
    /** The kernels of this package: exact to the bit whatever the chunk and the threads; the default. */
    public static final String JAVA = "java";

    /** The first {@link PrefillBackend#automatic} backend that works on this machine, else {@link #JAVA}. */
    public static final String AUTO = "auto";

    private PrefillBackends() {}

    /** The backends on the class path, whether they work on this machine or not. */
    public static List<PrefillBackend> installed() {
        var found = new ArrayList<PrefillBackend>();
        try {
            ServiceLoader.load(PrefillBackend.class, PrefillBackend.class.getClassLoader())
                    .forEach(found::add);
        } catch (ServiceConfigurationError e) {
            throw new UserError("the installation is damaged: " + e.getMessage(), e);
        }
        return found;
    }

    /**
     * The backend of this name; null for {@link #JAVA}.
     *
     * @throws UserError if there is none of this name, or it cannot work on this machine
     */
    public static @Nullable PrefillBackend choose(String name) {
        return name.equals(JAVA) ? null : choose(name, installed());
    }

    static @Nullable PrefillBackend choose(String name, List<PrefillBackend> installed) {
        if (name.equals(AUTO)) {
            return installed.stream()
                    .filter(backend -> backend.automatic() && backend.obstacle().isEmpty())
                    .findFirst()
                    .orElse(null);
        }
        for (var backend : installed) {
            if (backend.name().equals(name)) {
                backend.obstacle().ifPresent(reason -> {
                    throw new UserError(
                            "backend " + name + " cannot work here: " + reason + "; --backend java always can");
                });
                return backend;
            }
        }
        var names = new ArrayList<>(List.of(JAVA, AUTO));
        installed.forEach(backend -> names.add(backend.name()));
        throw Suggest.unknown("backend", name, names);
    }
}
