package io.hayloft.methods.registry;

import io.hayloft.base.UserError;
import io.hayloft.methods.Category;
import io.hayloft.methods.MethodInfo.Parameter;
import io.hayloft.methods.Part;
import io.hayloft.methods.allocate.Uniform;
import io.hayloft.methods.expression.Arguments;
import io.hayloft.methods.window.InfLlmMethod;
import io.hayloft.methods.window.Retrieval;
import io.hayloft.methods.window.SinkPositions;
import io.hayloft.methods.window.Sinks;
import io.hayloft.methods.window.StreamingRule;
import java.util.List;
import java.util.Locale;

/** The registry's methods with a sliding window: with attention sinks, and with blocks that are looked up. */
final class Windows {
    private static final double PAPER_SINKS = 0.021; // share of the budget

    private Windows() {}

    static Entry streaming() {
        var info = Entry.budgeted(
                "streaming",
                Category.EVICT,
                "Keeps the first tokens (attention sinks) and a sliding window of the newest.",
                "Xiao et al., arXiv 2309.17453",
                Evictions.withShared(
                        new Parameter("sinks", "4", "first tokens that never leave"),
                        new Parameter(
                                "decode", "slide", "slide: the window moves on while decoding; grow: it does not"),
                        new Parameter(
                                "prefill",
                                "dense",
                                "dense: prompt tokens see all before them; windowed: sinks and window only"),
                        new Parameter(
                                "positions",
                                "original",
                                "where queries find the sinks: original; slot: as if nothing lay between them and the"
                                        + " window; clamped: the same from the first token on")),
                "with dense prefill and original positions: flexgen (+ flexgen:4bit); with decode=grow, too, any"
                        + " quantiser");
        return new Entry(info, Windows::streaming)
                .deviating(
                        "Queries find kept tokens at their original positions; the paper's places are positions=slot.");
    }

    private static Part streaming(Arguments arguments) {
        var sinks = new Sinks(arguments.integer("sinks", 4, 0, 1 << 20), 0);
        boolean slides = arguments.choice("decode", "slide", "grow").equals("slide");
        boolean windowed = arguments.choice("prefill", "dense", "windowed").equals("windowed");
        var positions = SinkPositions.valueOf(
                arguments.choice("positions", "original", "slot", "clamped").toUpperCase(Locale.ROOT));
        var allocator = Evictions.allocator(arguments);
        if (!slides && (windowed || positions == SinkPositions.CLAMPED)) {
            throw new UserError("streaming with decode=grow has no window that slides: leave out "
                    + (windowed ? "prefill=windowed" : "positions=clamped"));
        }
        if (!(allocator instanceof Uniform) && (windowed || positions != SinkPositions.ORIGINAL)) {
            throw new UserError("streaming with " + (windowed ? "prefill=windowed" : "positions of its own")
                    + " has windows of equal size in all heads: leave out allocator");
        }
        var budget = Entry.budget(arguments);
        return new Part.Evict(StreamingRule.eviction(budget, allocator, sinks, positions, windowed, slides));
    }

    static Entry paperStreaming() {
        var info = Entry.budgeted(
                "streaming-paper",
                Category.EVICT,
                "StreamingLLM as the benchmark of arXiv 2407.01527 ran it: the prompt's tokens see the window only,"
                        + " and sinks stay at a fixed distance.",
                "code of arXiv 2407.01527 (InfLLM's port): prefill=windowed, positions=clamped, 2.1 % sinks",
                List.of(),
                "nothing: its window slides at every step");
        return new Entry(info, arguments -> {
            var sinks = new Sinks(0, PAPER_SINKS);
            var budget = Entry.budget(arguments);
            return new Part.Evict(
                    StreamingRule.eviction(budget, new Uniform(), sinks, SinkPositions.CLAMPED, true, true));
        });
    }

    static Entry infLlm() {
        var info = Entry.budgeted(
                "infllm",
                Category.RETRIEVE,
                "Keeps a window of the newest tokens in sight and all others in blocks, of which queries look up those"
                        + " that match; in prompts, too.",
                "Xiao et al., arXiv 2402.04617, with the sizes of arXiv 2407.01527",
                List.of(
                        new Parameter("block", "128", "tokens of a block"),
                        new Parameter("representatives", "4", "tokens that represent their block"),
                        new Parameter("local", "512", "newest tokens in sight at least, whatever the ratio"),
                        new Parameter("rows", "512", "prompt tokens that look blocks up together")),
                "nothing: its window slides at every step");
        return new Entry(info, Windows::infLlm)
                .deviating(
                        "Blocks that are read and blocks that are only stored lie in the same memory, and both sizes"
                                + " are reported.",
                        "There is no cache of recently used blocks; it changes no result.");
    }

    private static Part infLlm(Arguments arguments) {
        var budget = Entry.budget(arguments);
        int block = arguments.integer("block", 128, 1, 1 << 16);
        int representatives = arguments.integer("representatives", 4, 1, 1 << 16);
        int local = arguments.integer("local", 512, 1, 1 << 20);
        int rows = arguments.integer("rows", 512, 1, 1 << 16);
        var shares = new Retrieval.Shares(budget, block, representatives, local, rows);
        return new Part.Standalone(budget, id -> new InfLlmMethod(id, shares));
    }
}
