package io.hayloft.bench.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RecordKeyTest {
    private static final RecordKey KEY = new RecordKey(
            new RecordKey.Program("ab".repeat(32), "f16", "java", "", ""),
            new RecordKey.Row("snapkv:4x", 1, "snapkv:4x", ""),
            new RecordKey.Request("qasper", "sample-1", 1024, 128, 0, false, 7, -1),
            new RecordKey.Prompt(Hashes.of(new int[] {1, 2, 3}), 3));

    /** Later versions must find the records of this one: these values change only with {@link RecordKey#VERSION}. */
    @Test
    void keysAreStable() {
        assertThat(RecordKey.VERSION).isEqualTo("hayloft-record/7");
        assertThat(KEY.text()).isEqualTo("03a00a86f7d58cc959304986ef4e1626");
        var other = new RecordKey(
                new RecordKey.Program("cd".repeat(32), "q8", "onednn", "3.12 avx512_bf16", ""),
                new RecordKey.Row("llmlingua2:4x", 2, "llmlingua2:4x,rate=gpt", "ef".repeat(32)),
                new RecordKey.Request("samsum", "sample-2", 0, 128, 1, true, -1, -1),
                new RecordKey.Prompt(Hashes.of(new int[0]), 0));
        assertThat(other.text()).isEqualTo("a7f9ad2ecf9f78860e91c940c8f39f6d");
    }

    /** Every component of every group, so that none can be added without being a part of the key. */
    static Stream<RecordKey> changed() {
        return groups().stream()
                .flatMap(group ->
                        Arrays.stream(group.getClass().getRecordComponents()).map(component -> with(group, component)));
    }

    private static List<Record> groups() {
        return List.of(KEY.program(), KEY.row(), KEY.request(), KEY.prompt());
    }

    private static RecordKey with(Record group, RecordComponent part) {
        var groups = groups().stream()
                .map(one -> one.getClass() == group.getClass() ? changed(one, part) : one)
                .toList();
        return new RecordKey(
                (RecordKey.Program) groups.get(0),
                (RecordKey.Row) groups.get(1),
                (RecordKey.Request) groups.get(2),
                (RecordKey.Prompt) groups.get(3));
    }

    /** A copy of a record in which one component has another value. */
    private static Record changed(Record group, RecordComponent part) {
        var components = group.getClass().getRecordComponents();
        var values = new Object[components.length];
        try {
            for (int i = 0; i < components.length; i++) {
                var value = components[i].getAccessor().invoke(group);
                values[i] = components[i].getName().equals(part.getName()) ? other(value) : value;
            }
            var types = Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
            return (Record) group.getClass().getDeclaredConstructor(types).newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("a record without its constructor", e);
        }
    }

    private static Object other(Object value) {
        return switch (value) {
            case String text -> text + "x";
            case Integer number -> number + 1;
            case Long number -> number + 1;
            case Boolean is -> !is;
            default -> throw new AssertionError("no other value for " + value);
        };
    }

    @ParameterizedTest
    @MethodSource("changed")
    void eachPartAloneChangesTheKey(RecordKey other) {
        assertThat(other).isNotEqualTo(KEY);
        assertThat(other.text()).isNotEqualTo(KEY.text()).matches("[0-9a-f]{32}");
    }

    @Test
    void hashesKeepNeighboursApart() {
        assertThat(Hashes.of("")).isEqualTo("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assertThat(Hashes.of(new int[] {1, 256}))
                .isEqualTo("242045e2f1bb37769b514f182fd91b3d215324cb57f187cced1e9c62921dbac3");
        assertThat(Hashes.of(Map.of("a", "b c"))).isNotEqualTo(Hashes.of(Map.of("a b", "c")));
    }
}
