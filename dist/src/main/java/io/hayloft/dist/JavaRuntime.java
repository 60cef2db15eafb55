package io.hayloft.dist;

import java.nio.file.Path;
import java.util.List;
import java.util.spi.ToolProvider;

/** A Java runtime with only the modules that the command line and its libraries use, made by jlink for this system. */
final class JavaRuntime {
    /**
     * The modules that {@code jdeps --print-module-deps} finds in the jars, and those that it cannot see: the file system of jars, other
     * languages' number formats, and direct memory access of native libraries.
     */
    private static final List<String> MODULES = List.of(
            "java.base",
            "java.compiler",
            "java.desktop",
            "java.logging",
            "java.management",
            "java.naming",
            "java.net.http",
            "java.sql",
            "java.xml",
            "jdk.crypto.ec",
            "jdk.incubator.vector",
            "jdk.jfr",
            "jdk.localedata",
            "jdk.management",
            "jdk.unsupported",
            "jdk.zipfs");

    private JavaRuntime() {}

    /** Makes the runtime in the new folder {@code folder}. */
    static void link(Path folder) {
        var jlink = ToolProvider.findFirst("jlink").orElseThrow();
        int code = jlink.run(
                System.out,
                System.err,
                "--add-modules",
                String.join(",", MODULES),
                "--strip-debug",
                "--no-header-files",
                "--no-man-pages",
                "--compress",
                "zip-6",
                "--output",
                folder.toString());
        if (code != 0) {
            throw new IllegalStateException("jlink ended with code " + code);
        }
    }

    static boolean onLinux() {
        return System.getProperty("os.name").equals("Linux");
    }
}
