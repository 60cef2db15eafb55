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
import io.hayloft.tokenizer.ThinkTags;
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

    /** Everything that decides the answers of a server, as far as it is known here: its address does not. */
    static String identity(Endpoint endpoint) {
        return endpoint.model() + " (--api " + endpoint.api().text() + ")";
    }

    /**
     * The request to the server. A line feed ends the answer where the task says so and it may be the first token; where it
     * may not, the interface has no such rule, and the metric reads the first line of a longer answer. A model that may think
     * gets the budget of its thoughts on top, and its line feeds end nothing: thoughts have some.
     */
    ApiClient.Question question(PlannedSample planned) {
        return question(
                planned.sample().prompt(), planned.rules(), planned.rules().maxNewTokens());
    }

    /** The request in the second call of a sample, after its reply to the first. */
    ApiClient.Question second(PlannedSample planned, Sample.SecondCall call, String reply) {
        int wish = job.spec().maxNewTokens();
        int most = wish > 0 ? Math.min(wish, call.maxNewTokens()) : call.maxNewTokens();
        return question(planned.second(reply, job.runner().tokens()), planned.rules(), most);
    }

    private ApiClient.Question question(Prompt prompt, AnswerRules rules, int most) {
        boolean chat = switch (endpoint.api()) {
            case CHAT -> true;
            case COMPLETIONS -> false;
            case AUTO -> prompt.chat() && hasChatFormat();
        };
        boolean system = chat && prompt.system();
        var text = endpoint.api() == Api.COMPLETIONS
                ? job.runner().chatText(prompt)
                : system ? prompt.withoutInstruction() : prompt.text();
        var wishes =
                new AnswerRules(most, rules.minNewTokens(), rules.atNewline(), rules.seed(), rules.maxThinkingTokens());
        boolean stopAtNewline = endsAtNewline(rules) && !mayThink(rules);
        return new ApiClient.Question(
                system ? prompt.instruction().strip() : "", text, chat, wishes.allNewTokens(), stopAtNewline);
    }

    private static boolean endsAtNewline(AnswerRules rules) {
        return rules.atNewline() && rules.minNewTokens() == 0;
    }

    private static boolean mayThink(AnswerRules rules) {
        return rules.maxThinkingTokens() != AnswerRules.NO_THOUGHTS;
    }

    /** A server's text, parted where the server has not done so. */
    private record Parts(@Nullable String thoughts, String answer) {
        /**
         * Parts thoughts from an answer.
         *
         * @param inside whether the prompt has opened the block
         */
        static Parts of(String text, ThinkTags tags, boolean inside) {
            var rest = text.stripLeading();
            boolean opens = rest.startsWith(tags.open());
            int close = text.indexOf(tags.close());
            if (!opens && !inside && close < 0) {
                return new Parts(null, text);
            }
            int from = opens ? text.length() - rest.length() + tags.open().length() : 0;
            var thoughts =
                    text.substring(from, close < from ? text.length() : close).strip();
            return new Parts(
                    thoughts,
                    close < from
                            ? ""
                            : text.substring(close + tags.close().length()).stripLeading());
        }
    }

    private Parts parts(PlannedSample planned, ApiClient.Reply reply) {
        var tags = job.runner().thinkTags();
        if (reply.thoughts() != null) {
            return new Parts(reply.thoughts(), reply.text().stripLeading());
        }
        if (!mayThink(planned.rules()) || tags.isEmpty()) {
            return new Parts(null, reply.text());
        }
        var question = question(planned);
        var parts = Parts.of(
                reply.text(), tags.get(), !question.chat() && tags.get().openAtEnd(question.text()));
        if (!endsAtNewline(planned.rules())) {
            return parts;
        }
        return new Parts(parts.thoughts(), parts.answer().lines().findFirst().orElse(""));
    }

    /** The embedded model says nothing about the server's. */
    private boolean hasChatFormat() {
        var model = job.runner().model();
        return model.chatFormat() || model.embedded();
    }

    /** Tokens of a reply with its thoughts; what the server does not count is counted in tokens of {@code --model}. */
    private int replyTokens(ApiClient.Reply reply) {
        var tokens = job.runner().tokens();
        return reply.answerTokens() >= 0
                ? reply.answerTokens()
                : tokens.count(reply.text()) + (reply.thoughts() == null ? 0 : tokens.count(reply.thoughts()));
    }

    /**
     * Scores an answer.
     *
     * @param before the reply to the first of two calls, which counts as thoughts; null where there is one only
     */
    BenchRecord record(PlannedSample planned, ApiClient.Reply reply, ApiClient.@Nullable Reply before) {
        var sample = planned.sample();
        var withText = before == null ? reply : before;
        int prompt = withText.promptTokens() >= 0 ? withText.promptTokens() : planned.promptTokens();
        var parts = parts(planned, reply);
        int answer = replyTokens(reply);
        int thinking = parts.thoughts() == null
                ? 0
                : Math.min(answer, job.runner().tokens().count(parts.thoughts()));
        if (before != null) {
            answer += replyTokens(before);
            thinking += replyTokens(before);
        }
        return new BenchRecord(
                subject(planned.task(), sample.id(), planned.protocol(), sample.facets()),
                new BenchRecord.Outcome(
                        planned.task().metric(),
                        planned.task().score(sample, parts.answer()),
                        sample.references(),
                        sample.allClasses(),
                        parts.answer(),
                        reply.finish().equals("stop") ? "eos" : reply.finish(),
                        thoughts(parts, before)),
                new BenchRecord.Tokens(prompt, prompt, null, planned.tokensBeforeCut(), answer, 0, thinking, null),
                null,
                null,
                new BenchRecord.Origin(planned.promptSha256(), textHash(planned), key(planned), machine));
    }

    private static @Nullable String thoughts(Parts parts, ApiClient.@Nullable Reply before) {
        if (before == null) {
            return parts.thoughts();
        }
        var first = before.thoughts() == null ? before.text() : before.thoughts() + "\n" + before.text();
        return parts.thoughts() == null ? first : first + "\n" + parts.thoughts();
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
        var system = question.system().isEmpty() ? "" : "system\n" + question.system() + "\n";
        return Hashes.of(system + (question.chat() ? "chat\n" : "text\n") + question.text());
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
