package io.hayloft.base;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** Version and commit of this build of Hayloft. */
public final class Build {
    /** The answer where nothing is known. */
    public static final String UNKNOWN = "unknown";

    private static final Properties PROPERTIES = properties();

    private Build() {}

    private static Properties properties() {
        var properties = new Properties();
        try (var in = Build.class.getResourceAsStream("build.properties")) {
            if (in != null) {
                properties.load(in);
            }
        } catch (IOException | IllegalArgumentException e) {
            properties.clear(); // nothing depends on it but what people read
        }
        return properties;
    }

    /** The version; {@code development} for classes that no build has packed. */
    public static String version() {
        var version = packed("version");
        return version == null ? "development" : version;
    }

    /**
     * The commit that this build is of: the one named when it was packed, or else that of the working copy it lies in, 40
     * hex digits; {@link #UNKNOWN} where there is neither. Changes that were not committed show in the hash of the code alone.
     */
    public static String commit() {
        var commit = packed("commit");
        return commit == null ? ofWorkingCopy() : commit;
    }

    private static @Nullable String packed(String name) {
        var value = PROPERTIES.getProperty(name, "");
        return value.isBlank() || value.contains("${") ? null : value.strip();
    }

    private static String ofWorkingCopy() {
        try {
            var source = Build.class.getProtectionDomain().getCodeSource();
            var place = source == null || source.getLocation() == null
                    ? null
                    : Path.of(source.getLocation().toURI());
            for (var folder = place; folder != null; folder = folder.getParent()) {
                if (Files.exists(folder.resolve(".git"))) {
                    return head(folder.resolve(".git"));
                }
            }
        } catch (IOException | URISyntaxException | IllegalArgumentException e) {
            return UNKNOWN;
        }
        return UNKNOWN;
    }

    /**
     * The commit that is checked out.
     *
     * @param git the folder {@code .git}, or the file of that name that says where it is
     */
    static String head(Path git) throws IOException {
        var folder = git;
        if (Files.isRegularFile(git)) {
            folder = git.resolveSibling(Files.readString(git).strip().replaceFirst("^gitdir: ", ""));
        }
        var head = Files.readString(folder.resolve("HEAD")).strip();
        if (!head.startsWith("ref: ")) {
            return head;
        }
        var name = head.substring("ref: ".length());
        var common = folder.resolve("commondir");
        var shared =
                Files.exists(common) ? folder.resolve(Files.readString(common).strip()) : folder;
        for (var place : new Path[] {folder.resolve(name), shared.resolve(name)}) {
            if (Files.isRegularFile(place)) {
                return Files.readString(place).strip();
            }
        }
        var packed = shared.resolve("packed-refs");
        if (Files.isRegularFile(packed)) {
            for (var line : Files.readAllLines(packed)) {
                if (line.endsWith(" " + name)) {
                    return line.substring(0, line.indexOf(' '));
                }
            }
        }
        return UNKNOWN;
    }
}
