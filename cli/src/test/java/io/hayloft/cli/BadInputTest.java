package io.hayloft.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hayloft.testing.Goldens;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** Mistakes on the command line: each is answered by one line, with exit code 2. */
class BadInputTest {
    @ParameterizedTest(name = "hayloft {0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        bnech                                         | unknown command 'bnech': did you mean 'bench'?
        wat                                           | unknown command 'wat' (see: hayloft --help)
        --modle x                                     | unknown option '--modle'
        bench --modle x                               | unknown option '--modle': did you mean '--model'?
        bench --methods=full --smaples=3              | did you mean '--samples'?
        bench extra                                   | unexpected argument 'extra' (see: hayloft bench --help)
        bench --model                                 | missing required parameter for option '--model'
        bench --samples x                             | invalid value for option '--samples': 'x' is not a whole number
        bench --samples 0                             | --samples must be at least 1, not 0
        bench --samples -3                            | --samples must be at least 1, not -3
        bench --max-new-tokens 0                      | --max-new-tokens must be at least 1, not 0
        bench --threads -1                            | --threads must be at least 1, not -1
        bench --threads 0                             | --threads must be at least 1, not 0
        bench --threads 100000                        | threads
        bench --lengths many                          | 'many' is not a number of tokens
        bench --lengths 0                             | '0' is not a number of tokens
        bench --limit-tokens -5                       | '-5' is not a number of tokens
        bench --protocol question-awre                | did you mean 'question-aware'?
        bench --backend onednm                        | did you mean 'onednn'?
        generate --prompt a --backend gpu             | unknown backend 'gpu': known are: java, auto, onednn, onednn-int8
        bench --cache-type f17                        | f17
        bench --cache-type kivi(k=2,v=2)              | unknown cache type 'kivi(k=2,v=2)'
        generate --prompt a --cache-type kivi(k=2)    | unknown cache type 'kivi(k=2)'
        bench --methods snpkv:4x                      | unknown method 'snpkv': did you mean 'snapkv'?
        bench --methods snapkv                        | method 'snapkv' needs an amount
        bench --methods snapkv:0.5x                   | ratio of 0.5x
        bench --methods snapkv:0                      | a budget of 0 tokens keeps nothing
        bench --methods snapkv:4x,windw=3             | unknown option of snapkv 'windw': did you mean 'window'?
        bench --methods kivi:3bit                     | 3bit
        bench --methods full+kivi:2bit                | does not go together
        bench --methods ,                             | --methods names nothing
        bench --tasks mini-nedle                      | unknown task 'mini-nedle': did you mean 'mini-needle'?
        bench --tasks needle                          | does not suit hayloft-tiny: its tokenizer lacks words that the task needs. Choose another --model, or from these --tasks: mini-
        bench --tasks qasper                          | --data
        bench --tasks qasper --data /nowhere          | /nowhere
        bench --model gemma3-720m                     | did you mean 'gemma3-270m'?
        bench --model ./no/such.gguf                  | no model at './no/such.gguf'
        pull smollm2                                  | did you mean 'smollm2-135m'?
        pull                                          | missing required parameter: 'MODEL
        pull tinyllama                                | known are: hayloft-tiny, smollm2-135m, gemma3-270m; for any other model give a path, hf:OWNER/REPO
        bench --model tinyllama                       | for any other model give a path, hf:OWNER/REPO (pull it first) or ollama:NAME
        inspect elefant                               | unknown model 'elefant': known are: hayloft-tiny
        generate                                      | there is no prompt: write it behind the command
        generate a --prompt b                         | two prompts: 'a' is one
        generate --prompt a b                         | two prompts: 'b' is one
        rm                                            | unknown command 'rm': did you mean 'models rm'?
        ls                                            | unknown command 'ls': did you mean 'models'?
        run                                           | unknown command 'run': did you mean 'generate'?
        version                                       | unknown command 'version': did you mean 'hayloft --version'?
        serve                                         | unknown command 'serve': Hayloft has no server; it measures one that answers elsewhere: hayloft bench --endpoint URL
        bench --json                                  | unknown option '--json': did you mean '--format json'?
        bench --limit 5                               | unknown option '--limit': did you mean '--samples'?
        bench --compression_ratio=0.5                 | the amount belongs to the method, such as snapkv:4x
        bench --methods snapkv:0.5                    | compression_ratio, the share that is left out, 0.5 is 2x here
        bench --grid paper --grid-model llama3        | did you mean 'llama3-8b-instruct'?
        speed --json                                  | unknown option '--json': did you mean '--output json'?
        speed -o yaml                                 | unknown form of output 'yaml'
        speed --device cuda                           | unknown option '--device': Hayloft runs on the CPU only
        generate -p hello                             | write the prompt behind the command in quotation marks
        generate --n-predict 5 hello                  | did you mean '--max-new-tokens'?
        generate --prompt a --prompt-ids 1            | mutually exclusive
        generate --prompt a --method nothing          | unknown method 'nothing'
        generate --prompt a --method kivi:2bits       | 2bits
        generate --prompt a --temperature -1          | temperature must be between 0 and 100
        generate --prompt a --temperature hot         | 'hot' is not a number
        generate --prompt a --top-p 0                 | top-p must be above 0
        generate --prompt a --max-new-tokens 0        | --max-new-tokens must be at least 1
        generate --prompt a --top-logprobs 3          | add --json
        generate --prompt a --top-logprobs -3 --json  | --top-logprobs must not be negative
        generate --prompt-file /no/such/file          | there is no prompt file '/no/such/file'
        generate --prompt-file /                      | prompt file '/' cannot be read
        generate --prompt-ids 1,two                   | 'two' is not a token id of this model (0 to 981)
        generate --prompt-ids 982                     | '982' is not a token id of this model
        generate --prompt-ids @/no/ids                | there is no prompt file '/no/ids'
        speed --depht 8k                              | did you mean '--depth'?
        speed -p 0 -n 0                               | neither a prompt to read nor tokens to generate
        speed -d many                                 | 'many' is not a number of tokens
        speed -r 0                                    | --repetitions must be at least 1, not 0
        speed --warm-up -1                            | --warm-up must be seconds from 0 on
        speed --batch 0                               | --batch must be whole numbers from 1 on, not '0'
        speed --threads 1,two                         | --threads must be whole numbers from 1 on, not 'two'
        speed --threads 100000                        | --threads must be between 1 and 1024
        speed --output xml                            | unknown form of output 'xml'
        speed --cache-type kivi(k=2)                  | unknown cache type 'kivi(k=2)'
        speed --methods selective:2x                  | shortens text
        speed --methods snapkv:4x -p 0                | need a --depth above 0
        fidelity                                      | name another with --backend
        fidelity --backend onednm                     | did you mean 'onednn'?
        fidelity --backend java --tokens 1            | --tokens must be at least 2, not 1
        fidelity --prompt a --prompt-ids 1            | mutually exclusive
        fidelity --tokns 5                            | did you mean '--tokens'?
        methods --jsn                                 | did you mean '--json'?
        """)
    void aMistakeIsToldInOneLine(String line, String words) {
        Cli.run(line.split(" +")).isUserError(words);
    }

    /** A defect is reported as a defect, with its details in a file. */
    @Test
    void aDefectIsToldInOneLine() {
        var err = new StringWriter();
        var line = new CommandLine(new RootCommand()).setErr(new PrintWriter(err));

        int code = Failures.execution(new IllegalStateException("no such\n  layer"), line);

        assertThat(code).isEqualTo(1);
        assertThat(err.toString())
                .startsWith(
                        "hayloft: this is a defect of hayloft: java.lang.IllegalStateException: no such layer; details"
                                + " are in ")
                .hasLineCount(1);
    }

    @Test
    void memoryThatRanOutIsToldWithAdvice() {
        var err = new StringWriter();

        int code = Failures.outOfMemory(new OutOfMemoryError("Java heap space"), new PrintWriter(err));

        assertThat(code).isEqualTo(1);
        assertThat(err.toString())
                .contains("out of memory (Java heap space)", "-Xmx8g")
                .hasLineCount(1);
    }

    @Test
    void debugAddsTheStackTrace() {
        var run = Cli.run("bench", "--methods", "snpkv:4x", "--debug");

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("at io.hayloft.methods").endsWith("did you mean 'snapkv'?\n");
    }

    /** Nobody would close the files of a model that is opened before its options are looked at. */
    @Test
    void wrongOptionsAreFoundBeforeTheModelIsOpened(@TempDir Path folder) throws IOException {
        try (var files = Files.list(Goldens.tinyModel())) {
            for (var file : files.toList()) {
                Files.copy(file, folder.resolve(file.getFileName()));
            }
        }
        Cli.run("generate", "a", "--model", folder.toString(), "--threads", "2000")
                .isUserError("threads must be between 1 and 1024, not 2000");
        var mapped = Path.of("/proc/self/maps");
        assumeTrue(Files.exists(mapped), "this system does not list the files that a process has mapped");
        assertThat(Files.readString(mapped, StandardCharsets.ISO_8859_1)).doesNotContain(folder.toString());
    }
}
