package io.hayloft.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import io.hayloft.tasks.registry.Tasks;
import java.util.EnumSet;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TasksTest {
    @Test
    void namesAreUniqueAndFindTheirTask() {
        assertThat(Tasks.all()).hasSize(7 + 2 + 5 + 5 + 7 + 1 + 13 + 16 + 5 + 13 + 3);
        for (var task : Tasks.all()) {
            assertThat(Tasks.named(task.name())).isSameAs(task);
            assertThat(task.description()).isNotBlank();
            assertThat(task.metric()).matches("[a-z_0-9]+/\\d+");
            assertThat(task.version()).isNotBlank();
        }
    }

    @Test
    void groups() {
        assertThat(Tasks.parse("mini")).isEqualTo(Tasks.miniSuite()).hasSize(7);
        assertThat(Tasks.parse("longbench")).isEqualTo(Tasks.longBench()).hasSize(16);
        assertThat(Tasks.parse("needle")).containsExactly(Tasks.needle());
        assertThat(Tasks.parse(" qasper, mini-needle ,mini,qasper"))
                .extracting(Task::name)
                .startsWith("qasper", "mini-needle", "mini-single-doc-qa")
                .hasSize(8);
        assertThat(Tasks.miniSuite().stream().map(Task::category))
                .containsExactlyElementsOf(EnumSet.complementOf(EnumSet.of(Category.MULTIPLE_CHOICE)));
    }

    @Test
    void unknownNamesGetASuggestion() {
        assertThatThrownBy(() -> Tasks.named("qaspr"))
                .isInstanceOf(UserError.class)
                .hasMessage("unknown task 'qaspr': did you mean 'qasper'?");
        assertThatThrownBy(() -> Tasks.parse("mini,longbenhc"))
                .isInstanceOf(UserError.class)
                .hasMessage("unknown task 'longbenhc': did you mean 'longbench'?");
        assertThatThrownBy(() -> Tasks.parse(" ,")).isInstanceOf(UserError.class);
    }

    @Test
    void needlesOfAnyNumberOfDigits() {
        assertThat(Tasks.named("needle-12").name()).isEqualTo("needle-12");
        assertThat(Tasks.named("needle-7").name()).isEqualTo("needle");
        assertThatThrownBy(() -> Tasks.named("needle-9999"))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("1 to 1000");
    }

    @Test
    void onlyFilesNeedData() {
        assertThat(Tasks.all().stream().filter(Task::needsData).map(Task::name))
                .hasSize(16 + 5 + 13 + 3)
                .contains("qasper", "vcsum", "qasper_e", "longbench-v2")
                .doesNotContain("narrativeqa_e");
    }

    @Test
    void requestsRefuseNegativeNumbers() {
        assertThatThrownBy(() -> new SampleRequest(-1, 0, 0, null, 0, new WordTokens(Map.of())))
                .isInstanceOf(UserError.class);
    }
}
