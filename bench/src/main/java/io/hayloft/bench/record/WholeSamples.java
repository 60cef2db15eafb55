package io.hayloft.bench.record;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Collectors;

/** Finds the records of samples that every method has answered. */
final class WholeSamples {
    private WholeSamples() {}

    /**
     * The records without those of unfinished samples: the missing ones alone would decode in another lockstep.
     *
     * @param samples keys of the records of each sample
     */
    static List<BenchRecord> of(List<BenchRecord> records, Collection<List<String>> samples) {
        var present = records.stream().map(BenchRecord::key).collect(Collectors.toSet());
        var unfinished = new HashSet<String>();
        for (var keys : samples) {
            if (!present.containsAll(keys)) {
                unfinished.addAll(keys);
            }
        }
        return records.stream()
                .filter(record -> !unfinished.contains(record.key()))
                .toList();
    }
}
