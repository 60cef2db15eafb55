package io.hayloft.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.formats.memory.NativeMemory;
import io.hayloft.formats.tensor.Tensor;
import io.hayloft.formats.tensor.TensorType;
import io.hayloft.formats.tensor.WeightRows;
import io.hayloft.kernels.packed.PackedFolder;
import io.hayloft.kernels.packed.PackedFolder.Writing;
import io.hayloft.kernels.packed.PackedModel;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Packed weights that an earlier load kept: equal to the bit, or not used at all. */
class WeightPackerTest {
    private static final String IDENTITY = "0123456789abcdef0123";

    @TempDir
    Path folder;

    private final WorkerPool pool = new WorkerPool(3);
    private final List<String> notes = new ArrayList<>();

    @AfterEach
    void closePool() {
        pool.close();
    }

    private PackedFolder packedFolder() {
        return new PackedFolder(folder.resolve("packed"), 0, Writing.BESIDE, notes::add);
    }

    /** Decodes a row with each matrix of a load. */
    private List<float[]> load(PackedFolder where, String identity, WeightRows... matrices) {
        notes.clear();
        return load(where, identity, pool, matrices);
    }

    private List<float[]> load(PackedFolder where, String identity, WorkerPool pool, WeightRows... matrices) {
        var results = new ArrayList<float[]>();
        try (var memory = new NativeMemory("test");
                var packed = new PackedModel(where, identity, folder)) {
            var packer = new WeightPacker(memory, pool, null, packed);
            var layers = new ArrayList<Linear>();
            for (var rows : matrices) {
                layers.add(packer.pack(rows));
            }
            packed.loaded();
            for (var layer : layers) {
                var y = new float[layer.outputs()];
                layer.decode(RandomTensors.activations(layer.inputs(), 9), 1, y, pool);
                results.add(y);
            }
        }
        return results;
    }

    private List<float[]> load(WeightRows... matrices) {
        return load(packedFolder(), IDENTITY, matrices);
    }

    private static void assertSame(List<float[]> actual, List<float[]> expected) {
        assertThat(actual.toArray(float[][]::new)).isDeepEqualTo(expected.toArray(float[][]::new));
    }

    private Path onlyFile() throws IOException {
        try (var files = Files.list(folder.resolve("packed"))) {
            return files.reduce((a, b) -> {
                        throw new AssertionError(a + " and " + b);
                    })
                    .orElseThrow();
        }
    }

    /** Several matrices, one of many chunks, one in an order of its own. */
    private static WeightRows[] matrices(TensorType type) {
        var shuffled = new int[70];
        for (int i = 0; i < shuffled.length; i++) {
            shuffled[i] = (i * 3) % shuffled.length;
        }
        return new WeightRows[] {
            RandomTensors.rows(type, type == TensorType.Q4_0 ? 1000 : 150, 2048, 1),
            new WeightRows(RandomTensors.tensor(type, 100, 512, 2), 20, 70, shuffled),
            RandomTensors.rows(type, 33, 512, 3)
        };
    }

    @ParameterizedTest
    @EnumSource(names = {"Q4_0", "Q4_1", "Q6_K", "IQ4_NL", "F16", "BF16", "F32"})
    void theSecondLoadReadsWhatTheFirstPacked(TensorType type) throws IOException {
        var matrices = matrices(type);
        var first = load(matrices);
        assertThat(notes).singleElement().asString().contains("are kept in", "the next start reads them");
        var file = onlyFile();
        var before = Files.readAllBytes(file);

        assertSame(load(matrices), first);
        assertThat(notes).isEmpty();
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
        assertThat(PackedFolder.list(folder.resolve("packed")))
                .containsExactly(
                        new PackedFolder.Kept(file, folder.toAbsolutePath().normalize(), before.length, ""));
    }

    /** f16 weights with infinities are packed as floats, which only reading all of them finds out. */
    @Test
    void weightsThatAreNotFiniteKeepTheirForm() throws IOException {
        var rows = RandomTensors.rows(TensorType.F16, 64, 64, 4);
        rows.tensor().data().set(ValueLayout.JAVA_SHORT_UNALIGNED, 200, (short) 0x7C00);
        var first = load(rows);
        assertSame(load(rows), first);
        assertThat(notes).isEmpty();
        onlyFile();
    }

    @Test
    void everyByteIsChecked() throws IOException {
        var matrices = matrices(TensorType.Q4_0);
        var expected = load(matrices);
        long size = Files.size(onlyFile());
        for (long at : new long[] {0, 9, 30, 5000, size / 2, size - 1}) {
            var file = onlyFile();
            try (var bytes = new RandomAccessFile(file.toFile(), "rw")) {
                bytes.seek(at);
                int old = bytes.read();
                bytes.seek(at);
                bytes.write(old ^ 0x10);
            }
            assertSame(load(matrices), expected);
            assertThat(notes).as("byte %s", at).singleElement().asString().contains("were removed: ", "are kept in");
            assertSame(load(matrices), expected);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 5, 100, 4096, 20_000})
    void aFileThatIsCutOffIsMadeAnew(int length) throws IOException {
        var matrices = matrices(TensorType.Q4_0);
        var expected = load(matrices);
        try (var bytes = new RandomAccessFile(onlyFile().toFile(), "rw")) {
            bytes.setLength(length);
        }
        assertSame(load(matrices), expected);
        assertThat(notes).singleElement().asString().contains("were removed: ");
        assertSame(load(matrices), expected);
        assertThat(notes).isEmpty();
    }

    @Test
    void aFileThatCannotBeReadStaysAsItIs() throws IOException {
        var matrices = matrices(TensorType.Q4_0);
        var expected = load(matrices);
        var before = Files.readAllBytes(onlyFile());
        notes.clear();
        try (var memory = new NativeMemory("test");
                var packed = new PackedModel(packedFolder(), IDENTITY, folder)) {
            var packer = new WeightPacker(memory, pool, null, packed);
            var layers = new ArrayList<Linear>();
            layers.add(packer.pack(matrices[0]));
            Thread.currentThread().interrupt(); // closes a channel that is being read
            layers.add(packer.pack(matrices[1]));
            layers.add(packer.pack(matrices[2]));
            assertThat(Thread.interrupted()).isTrue();
            packed.loaded();
            for (int i = 0; i < layers.size(); i++) {
                var y = new float[layers.get(i).outputs()];
                layers.get(i).decode(RandomTensors.activations(layers.get(i).inputs(), 9), 1, y, pool);
                assertThat(y).isEqualTo(expected.get(i));
            }
        }
        assertThat(notes).singleElement().asString().contains("are not used: ").doesNotContain("removed", "kept");
        assertThat(Files.readAllBytes(onlyFile())).isEqualTo(before);
        assertSame(load(matrices), expected);
        assertThat(notes).isEmpty();
    }

    @Test
    void whoWritesNothingRemovesNothing() throws IOException {
        var rows = RandomTensors.rows(TensorType.Q4_0, 320, 64, 1);
        var expected = load(rows);
        var file = onlyFile();
        Files.writeString(file, "damaged");
        assertSame(load(packedFolder().withWriting(Writing.NEVER), IDENTITY, rows), expected);
        assertThat(file).hasContent("damaged");
        assertThat(notes).singleElement().asString().endsWith(" are not used: it is cut off");
    }

    @Test
    void writesNothingBesideWhatIsTimed() throws IOException {
        var rows = RandomTensors.rows(TensorType.Q4_0, 320, 64, 1);
        var where = packedFolder().withWriting(Writing.AT_CLOSE);
        try (var memory = new NativeMemory("test");
                var packed = new PackedModel(where, IDENTITY, folder)) {
            new WeightPacker(memory, pool, null, packed).pack(rows);
            packed.loaded();
            assertThat(where.folder()).doesNotExist();
        }
        assertThat(notes).singleElement().asString().contains("are kept in");
        var file = onlyFile();
        load(where, IDENTITY, rows);
        assertThat(notes).isEmpty();
        assertThat(onlyFile()).isEqualTo(file);
        new PackedModel(where, "another identity 0123", folder).close();
        assertThat(onlyFile()).as("nothing was loaded").isEqualTo(file);
    }

    /** As if a loader had changed, or two models had files of one identity. */
    @Test
    void otherWeightsUnderTheSameNamesAreFound() {
        load(RandomTensors.rows(TensorType.Q4_0, 320, 64, 1), RandomTensors.rows(TensorType.Q4_0, 96, 64, 2));
        var changed = new WeightRows[] {
            RandomTensors.rows(TensorType.Q4_0, 320, 64, 1), RandomTensors.rows(TensorType.Q4_0, 96, 64, 3)
        };
        var withoutFile = load(packedFolder(), "another identity 0123", changed);
        assertSame(load(changed), withoutFile);
        var fewer = new WeightRows[] {changed[1]};
        assertSame(load(fewer), List.of(withoutFile.get(1)));
        assertSame(load(changed), withoutFile);
    }

    @Test
    void aChangedModelReplacesItsFile() throws IOException {
        var rows = RandomTensors.rows(TensorType.Q4_0, 320, 64, 1);
        load(rows);
        var before = onlyFile();
        load(packedFolder(), "fedcba98765432100123", rows);
        assertThat(onlyFile()).isNotEqualTo(before);
        assertThat(PackedFolder.remove(
                        folder.resolve("packed"),
                        kept -> kept.model().equals(folder.toAbsolutePath().normalize())))
                .isPositive();
        assertThat(folder.resolve("packed")).isEmptyDirectory();
    }

    @Test
    void fewBytesAreNotKeptAndReadersWriteNothing() {
        var rows = RandomTensors.rows(TensorType.Q4_0, 320, 64, 1);
        load(new PackedFolder(folder.resolve("packed"), 1 << 20, Writing.BESIDE, notes::add), IDENTITY, rows);
        load(packedFolder().withWriting(Writing.NEVER), IDENTITY, rows);
        assertThat(folder.resolve("packed")).doesNotExist();
        assertThat(notes).isEmpty();
    }

    @Test
    void aFolderThatCannotBeWrittenIsNamedAndNothingElse() throws IOException {
        Files.writeString(folder.resolve("packed"), "a file in place of the folder");
        var rows = RandomTensors.rows(TensorType.Q4_0, 320, 64, 1);
        var expected = load(packedFolder().withWriting(Writing.NEVER), IDENTITY, rows);
        assertSame(load(rows), expected);
        assertThat(notes).singleElement().asString().contains("packed weights are not kept", "packed");
    }

    @Test
    void loadsAtTheSameTimeDoNotHarmEachOther() throws IOException {
        var matrices = matrices(TensorType.Q4_0);
        var expected = load(packedFolder().withWriting(Writing.NEVER), IDENTITY, matrices);
        var loads = new ArrayList<CompletableFuture<List<float[]>>>();
        for (int i = 0; i < 4; i++) {
            loads.add(CompletableFuture.supplyAsync(() -> {
                try (var own = new WorkerPool(2)) {
                    return load(
                            new PackedFolder(folder.resolve("packed"), 0, Writing.BESIDE, _ -> {}),
                            IDENTITY,
                            own,
                            matrices);
                }
            }));
        }
        loads.forEach(load -> assertSame(load.join(), expected));
        assertSame(load(matrices), expected);
        onlyFile();
    }

    @Test
    void rowsOfATensorWithoutDataAreRead() {
        var source = RandomTensors.tensor(TensorType.F16, 64, 32, 5);
        var computed = WeightRows.all(Tensor.computed("made", TensorType.F16, source.shape(), source::copyRow));
        var expected = load(computed);
        assertSame(load(computed), expected);
        assertThat(notes).isEmpty();
    }
}
