package io.hayloft.cli;

import io.hayloft.base.Sizes;
import io.hayloft.base.UserError;
import io.hayloft.bench.identity.Machines;
import io.hayloft.hub.CatalogueModel;
import io.hayloft.hub.ModelStore;
import io.hayloft.kernels.PrefillBackend;
import io.hayloft.kernels.PrefillBackends;
import io.hayloft.kernels.VectorWidth;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Looks at the machine. Every finding says what is there and, if something should be better, what to do. */
final class Doctor {
    private static final Path HUGE_PAGES = Path.of("/sys/kernel/mm/transparent_hugepage/enabled");
    private static final long LITTLE_MEMORY = 4_000_000_000L;

    /**
     * One thing that was looked at.
     *
     * @param works whether it can be used
     * @param advice what to do, empty if nothing needs to be done
     */
    record Finding(String name, String value, boolean works, String advice) {
        Finding(String name, String value, String advice) {
            this(name, value, advice.isEmpty(), advice);
        }
    }

    private Doctor() {}

    static List<Finding> examine(ModelStore store) {
        var findings = new ArrayList<Finding>();
        findings.add(java(Runtime.version()));
        findings.add(vectors());
        findings.add(new Finding(
                "processor", Machines.cpu() + ", " + Runtime.getRuntime().availableProcessors() + " cores", ""));
        findings.add(memory());
        findings.add(hugePages());
        findings.addAll(backends(PrefillBackends.installed()));
        findings.add(cacheFolder(store.folder()));
        findings.add(models(store));
        findings.add(pip(store.python()));
        return findings;
    }

    static Finding java(Runtime.Version version) {
        var value = version + " (" + System.getProperty("java.vm.vendor") + ") in " + System.getProperty("java.home");
        var least = Runtime.Version.parse("25.0.3");
        return new Finding(
                "Java",
                value,
                version.compareToIgnoreOptional(least) >= 0
                        ? ""
                        : "use 25.0.3 or newer: before it, one collector can move memory that native code holds");
    }

    private static Finding vectors() {
        if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
            return new Finding(
                    "vectors",
                    "the vector module is not there",
                    "start with the launcher, or give Java --add-modules jdk.incubator.vector");
        }
        return new Finding(
                "vectors",
                VectorWidth.describe(),
                VectorWidth.BITS >= 256 ? "" : "this processor has short vectors: expect a fraction of the speed");
    }

    private static Finding memory() {
        long memory = Machines.memory();
        var heap = Sizes.bytes(Runtime.getRuntime().maxMemory());
        return new Finding(
                "memory",
                Sizes.bytes(memory) + ", of which Java's heap takes up to " + heap,
                memory >= LITTLE_MEMORY || memory == 0 ? "" : "enough for small models and short prompts only");
    }

    private static Finding hugePages() {
        try {
            var setting = Files.readString(HUGE_PAGES).strip();
            return new Finding(
                    "huge pages",
                    setting,
                    setting.contains("[never]")
                            ? "decoding reads memory up to 1.4 times faster with them: as root," + " echo madvise > "
                                    + HUGE_PAGES
                            : "");
        } catch (IOException e) {
            return new Finding("huge pages", "not known on this system", "");
        }
    }

    /** Backends beside Hayloft's own kernels; a machine that has none lacks nothing. */
    static List<Finding> backends(List<PrefillBackend> installed) {
        return installed.stream()
                .map(backend -> new Finding(
                        backend.name(),
                        backend.obstacle()
                                .map(reason -> "cannot be used: " + reason)
                                .orElseGet(() -> use(backend)),
                        backend.obstacle().isEmpty(),
                        ""))
                .toList();
    }

    private static String use(PrefillBackend backend) {
        return backend.describe() + ": --backend " + backend.name() + " reads prompts faster, for "
                + Sizes.bytes(backend.bytesFor(1_000_000_000)) + " of memory a billion weights"
                + (backend.automatic()
                        ? ""
                        : "; auto never chooses it, because results differ more (see: hayloft fidelity)");
    }

    static Finding cacheFolder(Path folder) {
        try {
            Files.createDirectories(folder);
            Files.delete(Files.createTempFile(folder, "doctor", ""));
            long room = Files.getFileStore(folder).getUsableSpace();
            return new Finding("cache folder", folder + ", " + Sizes.bytes(room) + " free", "");
        } catch (IOException e) {
            return new Finding("cache folder", folder + " cannot be written", "name a folder that can in HAYLOFT_HOME");
        }
    }

    private static Finding models(ModelStore store) {
        var here = store.catalogue().models().stream()
                .filter(model -> model.embedded() || store.isHere(model))
                .map(CatalogueModel::name)
                .toList();
        return new Finding(
                "models",
                String.join(", ", here),
                here.size() > 1 ? "" : "only the embedded one; a real model comes with: hayloft pull smollm2-135m");
    }

    /** Python is only needed where the Hugging Face Hub cannot be reached. */
    static Finding pip(List<String> command) {
        var python = String.join(" ", command);
        var question = new ArrayList<>(command);
        question.addAll(List.of("-m", "pip", "--version"));
        try {
            var process = new ProcessBuilder(question).redirectErrorStream(true).start();
            process.getOutputStream().close();
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return noPip(python, "does not answer");
            }
            var answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return process.exitValue() == 0
                    ? new Finding("pip", answer.lines().findFirst().orElse(""), "")
                    : noPip(python, "has no pip");
        } catch (IOException e) {
            return noPip(python, "cannot be started");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UserError("interrupted", e);
        }
    }

    private static Finding noPip(String python, String what) {
        return new Finding(
                "pip",
                python + " " + what,
                "only needed for hayloft pull where the Hugging Face Hub cannot be reached: install Python 3 with pip");
    }
}
