package io.hayloft.methods;

import io.hayloft.base.UserError;
import io.hayloft.methods.MethodInfo.Parameter;
import io.hayloft.methods.far.BlockBuilder;
import io.hayloft.methods.far.Positions;
import io.hayloft.methods.far.Retrieval;
import io.hayloft.methods.far.SinkBuilder;
import io.hayloft.methods.far.Sinks;
import io.hayloft.methods.policy.DecodeRule;
import io.hayloft.methods.policy.SlidingWindow;
import io.hayloft.methods.score.SinkAndWindowScorer;
import java.util.List;
import java.util.Locale;

/** The registry's methods with a sliding window: with attention sinks, and with blocks that are looked up. */
final class WindowMethods {
    private WindowMethods() {}

    static Methods.Entry sliding() {
        var info = Methods.evictingInfo(
                        "streaming",
                        School.EVICT,
                        "Keeps the first tokens (attention sinks) and a sliding window of the newest.",
                        "Xiao et al., arXiv 2309.17453",
                        List.of(
                                new Parameter("sinks", "4", "first tokens that never leave"),
                                new Parameter(
                                        "decode",
                                        "slide",
                                        "slide: the window moves on while decoding; grow: it does not"),
                                new Parameter(
                                        "prefill",
                                        "dense",
                                        "dense: prompt tokens see all before them; windowed: sinks and window only"),
                                new Parameter(
                                        "positions",
                                        "original",
                                        "where queries find the sinks: original; slot: as if nothing lay between them"
                                                + " and the window; clamped: the same from the first token on")),
                        "with dense prefill and original positions: flexgen (+ flexgen:4bit); with decode=grow, too,"
                                + " any quantiser")
                .deviating(
                        "Queries find kept tokens at their original positions; the paper's places are positions=slot.");
        return new Methods.Entry(info, arguments -> {
            int sinks = arguments.integer("sinks", 4, 0, 1 << 20);
            boolean slide = arguments.choice("decode", "slide", "grow").equals("slide");
            DecodeRule rule = slide
                    ? (prefill, kept, capacity) -> new SlidingWindow(Math.min(sinks, capacity - 1), capacity)
                    : DecodeRule.GROW;
            boolean windowed = arguments.choice("prefill", "dense", "windowed").equals("windowed");
            var positions = Positions.valueOf(
                    arguments.choice("positions", "original", "slot", "clamped").toUpperCase(Locale.ROOT));
            if (!slide && (windowed || positions == Positions.CLAMPED)) {
                throw new UserError("streaming with decode=grow has no window that slides: leave out "
                        + (windowed ? "prefill=windowed" : "positions=clamped"));
            }
            var budget = Methods.budget(arguments);
            return windowed || positions != Positions.ORIGINAL
                    ? new Term.Whole(
                            budget, new SinkBuilder(budget, new Sinks.Count(sinks), positions, windowed, slide))
                    : new Term.Evict(new SinkAndWindowScorer(sinks), budget, rule);
        });
    }

    static Methods.Entry retrieving() {
        var info = Methods.evictingInfo(
                        "infllm",
                        School.RETRIEVE,
                        "Keeps a window of the newest tokens in sight and all others in blocks, of which queries look"
                                + " up those that match; in prompts, too.",
                        "Xiao et al., arXiv 2402.04617, with the sizes of arXiv 2407.01527",
                        List.of(
                                new Parameter("block", "128", "tokens of a block"),
                                new Parameter("representatives", "4", "tokens that stand for a block"),
                                new Parameter("local", "512", "newest tokens in sight at least, whatever the ratio"),
                                new Parameter("rows", "512", "prompt tokens that look blocks up together")),
                        "nothing: its window slides at every step")
                .deviating(
                        "What is read and what is stored lie in the same memory, and both sizes are told.",
                        "There is no cache of recently used blocks; it changes no result.");
        return new Methods.Entry(info, arguments -> {
            var budget = Methods.budget(arguments);
            int block = arguments.integer("block", 128, 1, 1 << 16);
            int representatives = arguments.integer("representatives", 4, 1, 1 << 16);
            int local = arguments.integer("local", 512, 1, 1 << 20);
            int rows = arguments.integer("rows", 512, 1, 1 << 16);
            var shares = new Retrieval.Shares(budget, block, representatives, local, rows);
            return new Term.Whole(budget, new BlockBuilder(shares));
        });
    }

    static Methods.Entry paperSliding() {
        var info = Methods.evictingInfo(
                "streaming-paper",
                School.EVICT,
                "StreamingLLM as the benchmark of arXiv 2407.01527 ran it: the prompt's tokens see the window only, and"
                        + " sinks stay at a fixed distance.",
                "code of arXiv 2407.01527 (InfLLM's port): prefill=windowed, positions=clamped, 2.1 % sinks",
                List.of(),
                "nothing: its window slides at every step");
        return new Methods.Entry(info, arguments -> {
            var budget = Methods.budget(arguments);
            var sinks = new Sinks.Share(0.021);
            return new Term.Whole(budget, new SinkBuilder(budget, sinks, Positions.CLAMPED, true, true));
        });
    }
}
