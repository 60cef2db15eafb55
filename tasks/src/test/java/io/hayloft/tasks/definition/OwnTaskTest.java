package io.hayloft.tasks.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import io.hayloft.tasks.Sample;
import io.hayloft.tasks.SampleRequest;
import io.hayloft.tasks.StandInTokens;
import io.hayloft.tasks.StopRule;
import io.hayloft.tasks.Task;
import io.hayloft.tasks.registry.OwnTask;
import io.hayloft.tasks.registry.Tasks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Task files of users. */
class OwnTaskTest {
    private static final String GOOD = """
        name: contracts
        version: 3
        about: questions about contracts
        category: single-document QA
        metric: qa_f1
        answer-tokens: 24
        stop-at-newline: true
        min-new-tokens: 1
        protocol: question-agnostic
        data: rows.jsonl
        columns:
          context: contract
          input: question
        prompt: |-
          Question: {input}

          {context}

          Once more: {input} {Answer}
        """.replace(" {Answer}", " Answer:");

    private static final String ROW =
            "{\"contract\":\"{input} of A.\",\"question\":\"Who?\",\"answers\":[\"Ann\"],\"_id\":\"one\"}\n";

    @TempDir
    Path folder;

    private OwnTask read(String text) throws IOException {
        return OwnTask.of(Files.writeString(folder.resolve("my.yaml"), text));
    }

    private static List<Sample> samples(Task task) {
        return task.samples(new SampleRequest(0, 0, 1, null, 0, new StandInTokens(0)));
    }

    @Test
    void aFileBesideItsDataIsATask() throws IOException {
        Files.writeString(folder.resolve("rows.jsonl"), ROW);

        var task = read(GOOD).task();
        var sample = samples(task).getFirst();

        assertThat(task.name()).isEqualTo("contracts");
        assertThat(task.version()).isEqualTo("3");
        assertThat(task.metric()).isEqualTo("qa_f1/1");
        assertThat(task.stop()).isEqualTo(new StopRule(true, 1));
        assertThat(task.protocol()).isEqualTo("question-agnostic");
        assertThat(task.hasData(null)).isTrue();
        assertThat(sample.maxNewTokens()).isEqualTo(24);
        assertThat(sample.prompt().instruction()).isEqualTo("Question: Who?\n\n");
        assertThat(sample.prompt().document()).isEqualTo("{input} of A.");
        assertThat(sample.prompt().question()).isEqualTo("\n\nOnce more: Who? Answer:");
        assertThat(task.score(sample, "Ann")).isEqualTo(1);
    }

    /** A run keeps the text, so that it must say all that the file says. */
    @Test
    void theTextOfATaskIsTheTask() throws IOException {
        Files.writeString(folder.resolve("rows.jsonl"), ROW);
        var own = read(GOOD);

        var again = new OwnTask(own.name(), own.definition(), own.folder());

        assertThat(own.definition()).doesNotContain("\n");
        assertThat(samples(again.task())).isEqualTo(samples(own.task()));
        assertThat(Definitions.ofText("again", own.definition(), null).text()).isEqualTo(own.definition());
    }

    @Test
    void aTaskExtendsOneOfOursOrAFileBesideIt() throws IOException {
        var digits = read("{extends: needle, name: short-keys, version: 1, parameters: {digits: 3}}")
                .task();
        Files.writeString(folder.resolve("family.yaml"), GOOD);
        var other = read("extends: family.yaml\nname: leases\nversion: 1\nchat: false\n")
                .task();

        var key = digits.samples(new SampleRequest(400, 1, 1, null, 0, new StandInTokens(0)))
                .getFirst();
        assertThat(key.references().getFirst()).matches("[0-9]{3}");
        assertThat(key.id()).startsWith("short-keys-");
        assertThat(digits.description()).isEqualTo("a pass key of 3 digits in prose, at 5 depths");
        assertThat(other.metric()).isEqualTo("qa_f1/1");
        assertThat(other.version()).isEqualTo("1");
        assertThat(Tasks.parse("leases,needle", List.of(read("{extends: needle, name: leases, version: 1}"))))
                .hasSize(2);
    }

    @Test
    void choicesAreATaskOfYoursToo() throws IOException {
        var row = "{\"_id\":\"a\",\"question\":\"Q\",\"choice_A\":\"1\",\"choice_B\":\"2\",\"choice_C\":\"3\","
                + "\"choice_D\":\"4\",\"answer\":\"B\",\"context\":\"C\",\"difficulty\":\"easy\",\"length\":\"short\"}";
        Files.writeString(folder.resolve("mine.jsonl"), row);

        var task = read("{extends: longbench-v2, name: mine, version: 1, data: mine, prompt: '$DOC$: $Q$ ($C_B$)'}")
                .task();

        assertThat(samples(task).getFirst().prompt().text()).isEqualTo("C: Q (2)");
        assertThat(task.score(samples(task).getFirst(), "The correct answer is (B)"))
                .isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "category: single-document QA | category: single-document QAs | line 4: unknown category"
                        + " 'single-document QAs': did you mean 'single-document QA'?",
                "metric: qa_f1 | metric: qaf1 | line 5: unknown metric 'qaf1': did you mean 'qa_f1'?",
                "answer-tokens: 24 | answer-token: 24 | line 1: a task needs the key 'answer-tokens'",
                "answer-tokens: 24 | answer-tokens: many | line 6: 'answer-tokens' is a whole number from 1 to",
                "stop-at-newline: true | stop-at-newlines: true | line 7: unknown key of a task 'stop-at-newlines': did"
                        + " you mean 'stop-at-newline'?",
                "stop-at-newline: true | stop-at-newline: maybe | line 7: 'stop-at-newline' is true or false",
                "protocol: question-agnostic | protocol: question-agnostics | line 9: unknown protocol",
                "context: contract | contxt: contract | line 12: unknown key of 'columns' 'contxt': did you mean"
                        + " 'context'?",
                "Question: {input} | Question: {inputs} | line 14: unknown place in a prompt '{inputs}': did you mean"
                        + " '{input}'?",
                "{context} | the text | line 14: a prompt has {context}",
                "name: contracts | name: qasper | line 1: the name 'qasper' is taken",
                "name: contracts | name: my task | line 1: 'name' is made of letters",
                "version: 3 | '' | line 1: a task needs a 'version' of its own",
                "about: questions about contracts | extends: qaspr | line 3: unknown task or family 'qaspr': did you"
                        + " mean 'qasper'?",
                "about: questions about contracts | extends: my.yaml | line 3: 'extends' goes round in a circle",
                "answer-tokens: 24 | generator: needel | line 6: unknown generator 'needel': did you mean",
                "about: questions about contracts | [ | no YAML"
            })
    void errorsNameFileLineAndKey(String good, String bad, String message) throws IOException {
        var text = GOOD.replace(good, bad);
        assertThatThrownBy(() -> read(text))
                .isInstanceOf(UserError.class)
                .hasMessageStartingWith(folder.resolve("my.yaml").toString())
                .hasMessageContaining(message)
                .hasMessageNotContaining("\n");
    }

    @Test
    void errorsInAFamilyNameItsFile() throws IOException {
        Files.writeString(folder.resolve("family.yaml"), GOOD.replace("qa_f1", "qa_f2"));

        assertThatThrownBy(() -> read("extends: family.yaml\nname: leases\nversion: 1\n"))
                .hasMessageContaining("family.yaml, line 5: unknown metric 'qa_f2'");
        assertThatThrownBy(() -> OwnTask.of(folder.resolve("none.yaml"))).hasMessageContaining("no task file");
        assertThatThrownBy(() -> read("extends: family.yml\nname: leases\nversion: 1\n"))
                .hasMessageContaining("line 1: no file");
        assertThatThrownBy(() -> read("- a\n")).hasMessageContaining("line 1: a task has a name");
    }

    /** The files that {@code docs/add-a-task.md} shows are a task as they stand. */
    @Test
    void theExamplesOfTheDocumentationAreTasks() throws IOException {
        var page = Files.readString(Path.of("../docs/add-a-task.md"));
        var blocks = Pattern.compile("```(json|yaml)\n(.*?)```", Pattern.DOTALL)
                .matcher(page)
                .results()
                .map(block -> block.group(2))
                .toList();
        assertThat(blocks).hasSize(3);
        Files.writeString(folder.resolve("notes.jsonl"), blocks.get(0));

        var notes = read(blocks.get(1)).task();
        assertThat(samples(notes)).hasSize(2);
        assertThat(samples(notes).getLast().prompt().text())
                .isEqualTo("Answer in a few words.\n\nIda has the red key, Jon the blue one.\n\n"
                        + "Question: Who has the blue key?\nAnswer:");
        assertThat(notes.score(samples(notes).getFirst(), "At nine.")).isEqualTo(1);
        assertThat(read(blocks.get(2)).task().description()).isEqualTo("a pass key of 3 digits near the end");
    }

    @Test
    void missingDataIsNamed() throws IOException {
        var task = read(GOOD).task();

        assertThat(task.hasData(null)).isFalse();
        assertThatThrownBy(() -> samples(task))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("no samples of task 'contracts' in " + folder + ": expected rows.jsonl there");
    }
}
