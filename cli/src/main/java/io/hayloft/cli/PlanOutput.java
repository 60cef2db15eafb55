package io.hayloft.cli;

import io.hayloft.base.Sizes;
import io.hayloft.bench.predict.Capacity;
import io.hayloft.bench.predict.Prediction;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What {@code hayloft plan} prints.
 *
 * @param timed whether time was asked for
 * @param price of the machine for an hour; null if money is not asked for
 * @param answer tokens of each answer, for the price
 */
record PlanOutput(boolean timed, @Nullable Double price, int answer) {
    private static final int REQUESTS = 1000;

    /** The objects of the JSON array. */
    List<Map<String, Object>> json(List<Prediction> rows) {
        var objects = new ArrayList<Map<String, Object>>();
        for (var row : rows) {
            var object = new LinkedHashMap<String, Object>();
            object.put("method", row.method());
            object.put("context", row.context());
            object.put("stored_bytes", row.storedBytes());
            object.put("read_bytes", row.readBytes());
            object.put("peak_memory_bytes", row.peakMemoryBytes());
            object.put("prefill_seconds", row.prefillSeconds());
            object.put("decode_ms_per_token", row.decodeMsPerToken());
            object.put("compress_seconds", row.compressSeconds());
            object.put("stored_exact", row.storedExact());
            object.put("stored_low", row.storedLow());
            object.put("stored_high", row.storedHigh());
            if (price != null) {
                object.put("cost_per_1000_requests", row.price(REQUESTS, answer, price));
            }
            objects.add(object);
        }
        return objects;
    }

    /** Predictions as a table. */
    String table(List<Prediction> rows) {
        var table = new Table()
                .text("method")
                .number("context")
                .number("stored")
                .number("read")
                .number("peak memory");
        if (timed) {
            table.number("prefill s").number("compress s").number("decode ms/token");
        }
        if (price != null) {
            table.number("1,000 requests");
        }
        for (var row : rows) {
            table.row(cells(row));
        }
        return table.render() + notes(rows);
    }

    private List<String> cells(Prediction row) {
        var cells = new ArrayList<>(List.of(
                row.method(),
                String.valueOf(row.context()),
                (row.storedExact() ? "" : "~") + Sizes.bytes(row.storedBytes()),
                (row.storedExact() ? "" : "~") + Sizes.bytes(row.readBytes()),
                Sizes.bytes(row.peakMemoryBytes())));
        if (timed) {
            cells.add(number(row.prefillSeconds()));
            cells.add(number(row.compressSeconds()));
            cells.add(number(row.decodeMsPerToken()));
        }
        if (price != null) {
            cells.add(number(row.price(REQUESTS, answer, price)));
        }
        return cells;
    }

    private static String notes(List<Prediction> rows) {
        return rows.stream().allMatch(Prediction::storedExact)
                ? ""
                : System.lineSeparator() + "~ depends on what the prompt says";
    }

    private static String number(@Nullable Double value) {
        return value == null ? "-" : String.format(Locale.ROOT, value < 10 ? "%.2f" : "%.1f", value);
    }

    /** The contexts and batches that fit a memory, as a table. */
    static String capacities(List<Capacity> rows) {
        var table = new Table()
                .text("method")
                .number("longest context")
                .number("context")
                .number("largest batch");
        for (var row : rows) {
            table.row(List.of(
                    row.method(),
                    String.valueOf(row.maxContext()),
                    String.valueOf(row.context()),
                    String.valueOf(row.maxBatch())));
        }
        return table.render();
    }
}
