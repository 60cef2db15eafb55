package io.hayloft;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example of docs/embed.md and of the Javadoc: one text, which compiles and runs as it stands. */
class ExampleTest {
    private static final Path ROOT = Path.of("..");

    @Test
    void javadocAndPageShowTheSameExample() throws IOException {
        var javadoc = Files.readString(ROOT.resolve("embed/src/main/java/io/hayloft/Hayloft.java"));
        assertThat(between(javadoc.replaceAll("(?m)^ \\* ?", ""), "{@snippet lang = java :\n", "\n}\n\n<p>"))
                .isEqualTo(example());
    }

    @Test
    void theExampleCompilesAndRuns(@TempDir Path folder) throws Exception {
        compile(example(), folder);
        var printed = new ByteArrayOutputStream();
        var before = System.out;
        try (var loader = new URLClassLoader(new URL[] {folder.toUri().toURL()});
                var out = new PrintStream(printed, true, StandardCharsets.UTF_8)) {
            System.setOut(out);
            loader.loadClass("Example").getMethod("main", String[].class).invoke(null, (Object) new String[0]);
        } finally {
            System.setOut(before);
        }
        var lines = printed.toString(StandardCharsets.UTF_8).lines().toList();
        assertThat(lines).hasSize(4);
        assertThat(lines.getFirst()).contains("4 8 1 5 1 6 2").endsWith(" <- 7 decode steps");
        assertThat(lines.get(1)).startsWith("full ").contains("4 8 1 5 1 6 2");
        assertThat(lines.get(2)).startsWith("kivi:4bit ").contains("4 8 1 5 1 6 2");
        assertThat(lines.get(3)).startsWith("snapkv:4x ");
    }

    private static void compile(String source, Path folder) {
        var compiler = requireNonNull(ToolProvider.getSystemJavaCompiler());
        var file = new SimpleJavaFileObject(URI.create("string:///Example.java"), SimpleJavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return source;
            }
        };
        var options = List.of("-d", folder.toString(), "-classpath", System.getProperty("java.class.path"));
        var problems = new StringWriter();
        assertThat(compiler.getTask(problems, null, null, options, null, List.of(file))
                        .call())
                .as(problems.toString())
                .isTrue();
    }

    private static String example() throws IOException {
        return between(Files.readString(ROOT.resolve("docs/embed.md")), "```java\n", "\n```");
    }

    private static String between(String text, String start, String end) {
        int from = text.indexOf(start) + start.length();
        return text.substring(from, text.indexOf(end, from));
    }
}
