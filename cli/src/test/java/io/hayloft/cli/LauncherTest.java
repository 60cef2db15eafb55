package io.hayloft.cli;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The launcher, with stand-ins for the JDK and for Maven, in a folder whose name has a space. */
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
    private static final String JAVA = """
        #!/bin/sh
        for word; do
            case $word in -XX:ArchiveClassesAtExit=*)
                echo "$0" >>"$RUNS"
                [ -n "${BROKEN:-}" ] || echo archive >"${word#*=}"
            esac
            echo "[$word]"
        done
        echo 'WARNING: Using incubator modules: jdk.incubator.vector' >&2
        echo 'something else from the JVM' >&2
        if [ "${HAYLOFT_ERROR_STREAM:-}" = 3 ]; then echo 'an error of the program' >&3; fi
        exit 7
        """;

    @TempDir
    Path temp;

    private Path home;
    private Path jdk;

    private record Result(int code, String out, String err) {}

    @BeforeEach
    void install() throws IOException {
        home = Files.createDirectories(temp.resolve("my hayloft"));
        Files.copy(launcher(), home.resolve("hayloft"));
        executable(home.resolve("hayloft"));
        Files.createDirectory(home.resolve("lib"));
        Files.createFile(home.resolve("lib/hayloft-cli.jar"));
        jdk = jdk("25.0.3");
    }

    @Test
    void startsJavaWithItsArguments() throws Exception {
        var result =
                run(home.resolve("hayloft"), Map.of("HAYLOFT_JAVA_OPTS", "-Xmx1g -Da=b"), "bench", "two words", "*");

        assertThat(result.code()).isEqualTo(7);
        assertThat(result.out())
                .contains("[--add-modules]\n[jdk.incubator.vector]\n", "[-Xmx1g]\n[-Da=b]\n")
                .endsWith("[-jar]\n[" + home + "/lib/hayloft-cli.jar]\n[bench]\n[two words]\n[*]\n");
    }

    /** The JVM's own words come through the filter, which may end a moment after the program. */
    @Test
    void hidesTheWarningOfTheVectorModuleOnly() throws Exception {
        var file = temp.resolve("errors");
        var builder = new ProcessBuilder(home.resolve("hayloft").toString()).redirectError(file.toFile());
        builder.environment().put("HAYLOFT_JAVA_HOME", jdk.toString());
        builder.environment().put("RUNS", temp.resolve("runs").toString());
        var process = builder.start();
        process.getInputStream().readAllBytes();
        process.waitFor();

        for (int i = 0; i < 300 && Files.readAllLines(file).size() < 2; i++) {
            Thread.sleep(100);
        }
        assertThat(file)
                .content()
                .hasLineCount(2)
                .contains("something else from the JVM", "an error of the program")
                .doesNotContain("incubator");
    }

    @Test
    void worksThroughALinkFromAnotherFolder() throws Exception {
        var first = Files.createSymbolicLink(temp.resolve("first"), Path.of("my hayloft/hayloft"));
        var second = Files.createSymbolicLink(temp.resolve("second"), first);

        assertThat(run(second, Map.of()).out()).contains("[" + home + "/lib/hayloft-cli.jar]");
    }

    @ParameterizedTest
    @CsvSource({
        "25.0.3, true",
        "25.0.10, true",
        "25.1, true",
        "26, true",
        "100.0.1, true",
        "25, false",
        "25.0.2, false",
        "17.0.19, false",
        "9.0.4, false",
        "1.8.0_402, false"
    })
    void takesAJdkThatIsNewEnough(String version, boolean fits) throws Exception {
        var result = run(
                home.resolve("hayloft"),
                Map.of("HAYLOFT_JAVA_HOME", jdk(version).toString()));

        assertThat(result.code()).isEqualTo(fits ? 7 : 1);
        if (!fits) {
            assertThat(result.err()).hasLineCount(1).contains("holds no JDK 25.0.3 or newer");
        }
    }

    @Test
    void refusesAJavaWithoutTheVectorModule() throws Exception {
        Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"25.0.3\"\nMODULES=\"java.base\"\n");

        assertThat(run(home.resolve("hayloft"), Map.of()).code()).isEqualTo(1);
    }

    @Test
    void buildsOnFirstUseAndWhenASourceIsNewer() throws Exception {
        var source = sourceTree();
        var path = Map.of("PATH", fakeMaven() + ":" + System.getenv("PATH"));

        var first = run(home.resolve("hayloft"), path);
        assertThat(first.err().lines().filter(line -> line.startsWith("hayloft: building")))
                .hasSize(1);
        assertThat(first.out())
                .containsPattern(Pattern.quote("[" + home) + "/cli/target/runs/[0-9-]+/lib/hayloft-cli.jar]");

        assertThat(run(home.resolve("hayloft"), path).err()).doesNotContain("building");

        Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(60)));
        assertThat(run(home.resolve("hayloft"), path).err()).contains("building");
    }

    @Test
    void removesBuildsThatNobodyUses() throws Exception {
        var source = sourceTree();
        var path = Map.of("PATH", fakeMaven() + ":" + System.getenv("PATH"));
        var runs = home.resolve("cli/target/runs");
        Files.createDirectories(runs.resolve("used/users"));
        Files.createFile(runs.resolve("used/users/" + ProcessHandle.current().pid()));
        Files.createDirectories(runs.resolve("unused/users"));

        run(home.resolve("hayloft"), path);
        var first = Files.readString(runs.resolve("current")).strip();
        assertThat(runs.resolve("used")).exists();
        assertThat(runs.resolve("unused")).doesNotExist();

        Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(60)));
        Files.createDirectories(runs.resolve("unused"));
        run(home.resolve("hayloft"), path);
        assertThat(runs.resolve("unused")).doesNotExist();
        assertThat(runs.resolve(first)).as("the build before").exists();
        assertThat(runs.resolve("current")).content().isNotEqualToIgnoringWhitespace(first);
    }

    @Test
    void makesAnArchiveOnceForEachJdk() throws Exception {
        var launcher = home.resolve("hayloft");

        assertThat(run(launcher, Map.of()).out()).containsPattern("\\[-XX:SharedArchiveFile=.*/start-[0-9]+.jsa]");
        run(launcher, Map.of());
        assertThat(archiveRuns()).hasSize(1);

        run(launcher, Map.of("HAYLOFT_JAVA_HOME", jdk("26").toString()));
        run(launcher, Map.of());
        assertThat(archiveRuns()).hasSize(2);
    }

    @Test
    void goesOnWhereNoArchiveCanBeMade() throws Exception {
        for (int i = 0; i < 2; i++) {
            var result = run(home.resolve("hayloft"), Map.of("BROKEN", "yes"));
            assertThat(result.code()).isEqualTo(7);
            assertThat(result.err()).doesNotContain("hayloft:");
        }
        assertThat(archiveRuns()).hasSize(1);
    }

    /** With a real JDK and a program of one class. */
    @Test
    void ignoresABrokenArchiveSilently() throws Exception {
        var manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, Program.class.getName());
        var jar = home.resolve("lib/hayloft-cli.jar");
        var entry = Program.class.getName().replace('.', '/') + ".class";
        try (var out = new JarOutputStream(Files.newOutputStream(jar), manifest);
                var code = Program.class.getClassLoader().getResourceAsStream(entry)) {
            out.putNextEntry(new JarEntry(entry));
            requireNonNull(code).transferTo(out);
        }
        jdk = Path.of(System.getProperty("java.home"));

        assertSaysHello();
        var archive = archive();
        assertThat(archive).isNotEmptyFile();
        byte[] whole = Files.readAllBytes(archive);
        for (int length : new int[] {whole.length / 2, 100, 0}) {
            Files.write(archive, Arrays.copyOf(whole, length));
            assertSaysHello();
        }
        Files.write(archive, whole);
        Files.setLastModifiedTime(jar, FileTime.from(Instant.now().plusSeconds(60)));
        assertSaysHello();
    }

    private void assertSaysHello() throws Exception {
        var result = run(home.resolve("hayloft"), Map.of());
        assertThat(result).isEqualTo(new Result(0, "hello\n", ""));
    }

    private Path archive() throws IOException {
        try (var files = Files.list(home)) {
            return files.filter(file -> file.toString().endsWith(".jsa"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** The runs of the stand-in that were to make an archive. */
    private List<String> archiveRuns() throws IOException {
        return Files.readAllLines(temp.resolve("runs"));
    }

    /** What the launcher starts in place of Hayloft. */
    static final class Program {
        private Program() {}

        public static void main(String[] arguments) {
            System.out.println("hello");
        }
    }

    @Test
    void stopsWhereTheBuildFails() throws Exception {
        sourceTree();
        var maven = fakeMaven();
        Files.writeString(maven.resolve("mvn"), "#!/bin/sh\necho 'ERROR: broken'\nexit 1\n");

        var result = run(home.resolve("hayloft"), Map.of("PATH", maven + ":" + System.getenv("PATH")));

        assertThat(result.code()).isEqualTo(1);
        assertThat(result.out()).isEmpty();
        var log = home.resolve("cli/target/runs/failed.log");
        assertThat(result.err()).contains("ERROR: broken").endsWith("look at the full log, " + log + "\n");
        assertThat(log).hasContent("ERROR: broken");
    }

    /** Maven names an error twice, and explains its own options. */
    @Test
    void ofABuildThatFailsTheErrorsAreShown() throws Exception {
        sourceTree();
        var maven = fakeMaven();
        Files.writeString(maven.resolve("mvn"), """
            #!/bin/sh
            cat <<END
            [ERROR] COMPILATION ERROR :
            [ERROR] /a/Sizes.java:[12,8] cannot find symbol
              symbol:   class Strin
            [ERROR] Failed to execute goal compile: Compilation failure
            [ERROR] /a/Sizes.java:[12,8] cannot find symbol
            [ERROR] -> [Help 1]
            [ERROR]
            [ERROR] To see the full stack trace of the errors, re-run Maven with the -e switch.
            [ERROR] After correcting the problems, you can resume the build with the command
            [ERROR]   mvn <args> -rf :hayloft-base
            END
            exit 1
            """);

        var result = run(home.resolve("hayloft"), Map.of("PATH", maven + ":" + System.getenv("PATH")));

        assertThat(result.err().lines())
                .hasSize(4)
                .startsWith(
                        "hayloft: building; the first time downloads libraries and takes a few minutes ...",
                        "/a/Sizes.java:[12,8] cannot find symbol",
                        "  symbol:   class Strin");
    }

    /** The JVM refuses a heap that starts larger than it may get, and two collectors. */
    @ParameterizedTest
    @CsvSource({
        "-Xmx64m, '-XX:+UseParallelGC,-Xmx4g,-Xmx64m'",
        "-Xmx8g, '-XX:+UseParallelGC,-Xms256m,-Xmx4g,-XX:MaxNewSize=256m,-Xmx8g'",
        "-Xms5g, '-XX:+UseParallelGC,-XX:MaxNewSize=256m,-Xms5g'",
        "-XX:+UseG1GC -Xmn1g, '-Xms256m,-Xmx4g,-XX:+UseG1GC,-Xmn1g'"
    })
    void optionsThatContradictAreLeftOut(String given, String used) throws Exception {
        var result = run(home.resolve("hayloft"), Map.of("HAYLOFT_JAVA_OPTS", given));

        assertThat(result.out()
                        .lines()
                        .map(word -> word.substring(1, word.length() - 1))
                        .filter(word -> word.matches("-Xm.*|-XX:.*(GC|Size=.*)")))
                .containsExactly(used.split(","));
    }

    private Path sourceTree() throws IOException {
        Files.createFile(home.resolve("pom.xml"));
        var source = Files.createDirectories(home.resolve("cli/src/main")).resolve("Main.java");
        Files.createFile(home.resolve("cli/pom.xml"));
        return Files.createFile(source);
    }

    /** A folder with an {@code mvn} that makes the jar. */
    private Path fakeMaven() throws IOException {
        var folder = Files.createDirectory(temp.resolve("maven"));
        var lib = home.resolve("cli/target/hayloft/lib");
        Files.writeString(
                folder.resolve("mvn"), "#!/bin/sh\nmkdir -p '" + lib + "' && touch '" + lib + "/hayloft-cli.jar'\n");
        executable(folder.resolve("mvn"));
        return folder;
    }

    private Path jdk(String version) throws IOException {
        var folder = Files.createDirectories(temp.resolve("jdk " + version));
        Files.writeString(
                folder.resolve("release"),
                "JAVA_VERSION=\"" + version + "\"\nMODULES=\"java.base jdk.incubator.vector\"\n");
        Files.createDirectories(folder.resolve("bin"));
        Files.writeString(folder.resolve("bin/java"), JAVA);
        executable(folder.resolve("bin/java"));
        return folder;
    }

    private static void executable(Path file) {
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private Result run(Path launcher, Map<String, String> environment, String... arguments) throws Exception {
        var command = new java.util.ArrayList<>(List.of(launcher.toString()));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command).directory(temp.toFile());
        builder.environment().put("HAYLOFT_JAVA_HOME", jdk.toString());
        builder.environment().put("RUNS", temp.resolve("runs").toString());
        builder.environment().remove("HAYLOFT_JAVA_OPTS");
        builder.environment().putAll(environment);
        var process = builder.start();
        process.getOutputStream().close();
        var out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        var err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return new Result(process.exitValue(), out, err);
    }

    /** The launcher lies in the project's root, above the room that runs this test. */
    private static Path launcher() {
        for (var folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
            if (Files.isRegularFile(folder.resolve("hayloft")) && Files.exists(folder.resolve("pom.xml"))) {
                return folder.resolve("hayloft");
            }
        }
        throw new AssertionError("no launcher above " + Path.of("").toAbsolutePath());
    }
}
