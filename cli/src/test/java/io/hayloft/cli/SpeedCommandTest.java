package io.hayloft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code hayloft speed} with the embedded model. */
class SpeedCommandTest {
    private static Cli speed(String output, String... more) {
        var arguments = new String[more.length + 11];
        System.arraycopy(
                new String[] {"speed", "-p", "16", "-n", "4", "-r", "2", "--warm-up", "0", "--output", output},
                0,
                arguments,
                0,
                11);
        System.arraycopy(more, 0, arguments, 11, more.length);
        return Cli.good(arguments);
    }

    @Test
    void printsOneArrayForPrograms() {
        var run = speed("json", "-d", "0,64", "--methods", "full,kivi:4bit", "--threads", "1", "--batch", "2");

        var rows = JsonMapper.shared().readTree(run.out());
        assertThat(rows).hasSize(6);
        assertThat(rows.valueStream().map(row -> row.get("test").asString()))
                .containsExactly("pp16", "tg4", "tg4", "pp16", "tg4", "tg4");
        var row = rows.get(5);
        assertThat(row.get("method").asString()).isEqualTo("kivi:4bit");
        assertThat(row.get("depth").asInt()).isEqualTo(64);
        assertThat(row.get("batch").asInt()).isEqualTo(2);
        assertThat(row.get("threads").asInt()).isEqualTo(1);
        assertThat(row.get("samples")).hasSize(2);
        double rate = row.get("tokens_per_second").asDouble();
        assertThat(row.get("tokens_per_second_each").asDouble()).isEqualTo(rate / 2);
        assertThat(rate)
                .isBetween(
                        row.get("samples")
                                .valueStream()
                                .mapToDouble(JsonNode::asDouble)
                                .min()
                                .orElseThrow(),
                        row.get("samples")
                                .valueStream()
                                .mapToDouble(JsonNode::asDouble)
                                .max()
                                .orElseThrow());
        assertThat(row.get("bandwidth_share").asDouble())
                .isEqualTo(row.get("gb_per_second").asDouble()
                        / row.get("limit_gb_per_second").asDouble());
        assertThat(run.err()).contains("plan: 6 tests", "limit: 1 thread ");
    }

    @Test
    void printsLinesForSpreadsheets() {
        var lines = speed("csv", "--threads", "1,2", "--methods", "kivi:4bit,residual=64")
                .out()
                .lines()
                .toList();

        assertThat(lines).hasSize(5);
        assertThat(lines.getFirst())
                .startsWith("model,test,kind,tokens,depth,method,cache_type,batch,threads,backend,");
        assertThat(lines.get(1)).startsWith("hayloft-tiny,pp16,prefill,16,0,full,f16,1,1,java,2,");
        assertThat(lines.get(4)).startsWith("hayloft-tiny,tg4,decode,4,0,\"kivi:4bit,residual=64\",f16,1,2,java,2,");
    }

    @Test
    void printsTablesForPeople() {
        assertThat(speed("md", "-d", "64", "--methods", "snapkv:4x").out())
                .startsWith("| model | weights | test |")
                .contains("\n|---|", "| snapkv:4x | f16 |");
        assertThat(speed("table").out()).contains("tokens/s", "of limit", "pp16", "tg4");
    }

    @Test
    void saysWhatIsLeftOut() {
        assertThat(speed("csv", "--methods", "full,snapkv:4x").err())
                .contains("note: snapkv:4x chooses among tokens, and at depth 0 there are none");
    }
}
