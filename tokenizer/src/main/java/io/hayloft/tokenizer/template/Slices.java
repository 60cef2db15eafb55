package io.hayloft.tokenizer.template;

import io.hayloft.tokenizer.template.Value.None;
import io.hayloft.tokenizer.template.Value.Range;
import io.hayloft.tokenizer.template.Value.Sequence;
import io.hayloft.tokenizer.template.Value.Undefined;
import java.util.ArrayList;
import java.util.function.IntConsumer;

/** Slices {@code value[from:to:step]}. */
final class Slices {
    private Slices() {}

    static Value slice(Value value, Value from, Value to, Value step) {
        return switch (value) {
            case Text text -> {
                var out = new TextBuilder();
                each(text.length(), from, to, step, i -> out.append(text.marked(i)));
                yield out.toText().withMarkup(text.markup());
            }
            case Sequence sequence -> {
                var items = new ArrayList<Value>();
                each(
                        sequence.items().size(),
                        from,
                        to,
                        step,
                        i -> items.add(sequence.items().get(i)));
                yield sequence.tuple() ? Sequence.tuple(items) : Sequence.list(items);
            }
            case Range range -> {
                long pace = step == None.NONE ? 1 : index(step);
                int[] ends = bounds(range.items().size(), from, to, (int) pace);
                yield Range.of(
                        range.start() + ends[0] * range.step(),
                        range.start() + ends[1] * range.step(),
                        range.step() * pace);
            }
            case Undefined undefined -> throw undefined.failure();
            default -> throw new TemplateFailure("'" + value.type() + "' object is not subscriptable by a slice");
        };
    }

    private static void each(int length, Value from, Value to, Value step, IntConsumer place) {
        int pace = step == None.NONE ? 1 : index(step);
        int[] ends = bounds(length, from, to, pace);
        for (long i = ends[0]; pace > 0 ? i < ends[1] : i > ends[1]; i += pace) {
            place.accept((int) i);
        }
    }

    /** The first place and the one behind the last, in the direction of the step. */
    private static int[] bounds(int length, Value from, Value to, int step) {
        if (step == 0) {
            throw new TemplateFailure("slice step cannot be zero");
        }
        int low = step > 0 ? 0 : -1;
        int high = step > 0 ? length : length - 1;
        int first = from == None.NONE ? (step > 0 ? low : high) : place(from, length, low, high);
        int last = to == None.NONE ? (step > 0 ? high : low) : place(to, length, low, high);
        return new int[] {first, last};
    }

    private static int place(Value value, int length, int low, int high) {
        long index = index(value);
        return Math.clamp(index < 0 ? index + length : index, low, high);
    }

    private static int index(Value value) {
        if (!Operators.isWhole(value)) {
            throw new TemplateFailure("slice indices must be integers or None, not '" + value.type() + "'");
        }
        return Arguments.clamp(Arguments.whole(value, "a slice"));
    }

    /** The bounds {@code [from, to]} that methods such as {@code find} take, counted as in a slice. */
    static int[] range(int length, Arguments.Bound arguments, int from) {
        var first = arguments.orNull(from);
        var last = arguments.orNull(from + 1);
        long start = first == null ? 0 : index(first);
        long end = last == null ? length : index(last);
        start = start < 0 ? Math.max(0, start + length) : start;
        end = end < 0 ? Math.max(0, end + length) : Math.min(end, length);
        return new int[] {(int) start, (int) end};
    }
}
