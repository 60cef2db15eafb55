package io.hayloft.bench.run;

import io.hayloft.bench.Protocol;
import io.hayloft.bench.endpoint.Api;
import io.hayloft.bench.endpoint.ApiClient;
import io.hayloft.bench.endpoint.Endpoint;
import io.hayloft.bench.identity.Hashes;
import io.hayloft.bench.identity.Machines;
import io.hayloft.bench.identity.RecordKey;
import io.hayloft.bench.plan.AnswerRules;
import io.hayloft.bench.plan.PlannedSample;
import io.hayloft.bench.record.BenchRecord;
import io.hayloft.bench.record.FailedRecord;
import io.hayloft.tasks.Prompt;
import io.hayloft.tasks.Sample;
import io.hayloft.tasks.Task;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes the questions to a server, and the records of its answers. */
final class EndpointRecorder {
    /** Raised when the same sample is asked in another way than before. */
    static final int VERSION = 1;

    private final SampleJob job;
    private final Endpoint endpoint;
    private final String machine;

    EndpointRecorder(SampleJob job, Endpoint endpoint) {
        this.job = job;
        this.endpoint = endpoint;
        this.machine = Machines.name(Machines.describe(job.runner().model()));
    }

    /** What decides the answers of a server, as far as it is known here: its address does not. */
    static String identity(Endpoint endpoint) {
        return endpoint.model() + " (--api " + endpoint.api().text() + ")";
    }

    /**
     * What the server is asked. A line feed ends the answer where the task says so and it may be the first token; where it
     * may not, the interface has no such rule, and the metric reads the first line of a longer answer.
     */
    ApiClient.Question question(PlannedSample planned) {
        return question(
                planned.sample().prompt(), planned.rules(), planned.rules().maxNewTokens());
    }

    /** What it is asked in the second call of a sample, after its reply to the first. */
    ApiClient.Question second(PlannedSample planned, Sample.SecondCall call, String reply) {
        int wish = job.spec().maxNewTokens();
        int most = wish > 0 ? Math.min(wish, call.maxNewTokens()) : call.maxNewTokens();
        return question(call.prompt(reply), planned.rules(), most);
    }

    private ApiClient.Question question(Prompt prompt, AnswerRules rules, int most) {
        boolean chat = switch (endpoint.api()) {
            case CHAT -> true;
            case COMPLETIONS -> false;
            case AUTO -> prompt.chat() && hasChatFormat();
        };
        var text = endpoint.api() == Api.COMPLETIONS ? job.runner().chatText(prompt) : prompt.text();
        return new ApiClient.Question(text, chat, most, rules.atNewline() && rules.minNewTokens() == 0);
    }

    /** The embedded model says nothing about the server's. */
    private boolean hasChatFormat() {
        var model = job.runner().model();
        return model.chatFormat() || model.embedded();
    }

    private int answerTokens(ApiClient.Reply reply) {
        return reply.answerTokens() >= 0
                ? reply.answerTokens()
                : job.runner().tokens().count(reply.text());
    }

    /**
     * Scores an answer. What the server does not count is counted in tokens of {@code --model}.
     *
     * @param before the reply to the first of two calls; null where there is one only
     */
    BenchRecord record(PlannedSample planned, ApiClient.Reply reply, ApiClient.@Nullable Reply before) {
        var sample = planned.sample();
        var withText = before == null ? reply : before;
        int prompt = withText.promptTokens() >= 0 ? withText.promptTokens() : planned.promptTokens();
        int thoughts = before == null ? 0 : answerTokens(before);
        return new BenchRecord(
                subject(planned.task(), sample.id(), planned.protocol(), sample.facets()),
                new BenchRecord.Outcome(
                        planned.task().metric(),
                        planned.task().score(sample, reply.text()),
                        sample.references(),
                        sample.allClasses(),
                        reply.text(),
                        reply.finish().equals("stop") ? "eos" : reply.finish(),
                        before == null ? null : before.text()),
                new BenchRecord.Tokens(
                        prompt,
                        prompt,
                        null,
                        planned.tokensBeforeCut(),
                        thoughts + answerTokens(reply),
                        0,
                        thoughts,
                        null),
                null,
                null,
                new BenchRecord.Origin(planned.promptSha256(), textHash(planned), key(planned), machine));
    }

    /** The record of a sample that the server did not answer. */
    FailedRecord failed(PlannedSample planned, String error) {
        var sample = planned.sample();
        var subject = subject(planned.task(), sample.id(), planned.protocol(), sample.facets());
        return new FailedRecord(subject, key(planned), machine, error);
    }

    /** The record of a sample that could not even be made. */
    FailedRecord failed(int index, String error) {
        var choice = job.choice();
        var subject = subject(choice.task(index), choice.name(index), choice.protocol(index), Map.of());
        return new FailedRecord(subject, "", machine, error);
    }

    /** Hash of what the server is sent, as the tokens that it makes of it are not known. */
    private String textHash(PlannedSample planned) {
        var question = question(planned);
        return Hashes.of((question.chat() ? "chat\n" : "text\n") + question.text());
    }

    String key(PlannedSample planned) {
        var program = new RecordKey.Program(
                endpoint.model(), "", "endpoint", endpoint.api().text(), "");
        var row = new RecordKey.Row(endpoint.label(), VERSION, endpoint.label(), "");
        return new RecordKey(program, row, planned.request(), new RecordKey.Prompt(textHash(planned), 0)).text();
    }

    private BenchRecord.Subject subject(Task task, String sample, Protocol protocol, Map<String, Object> facets) {
        return new BenchRecord.Subject(
                job.runner().model().name(),
                endpoint.label(),
                endpoint.label(),
                task.name(),
                task.version(),
                task.category().label(),
                sample,
                job.spec().seed(),
                protocol.text(),
                facets);
    }
}
