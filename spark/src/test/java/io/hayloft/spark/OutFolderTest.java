package io.hayloft.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutFolderTest {
    @TempDir
    Path folder;

    private final Configuration hadoop = new Configuration(false);

    OutFolderTest() {
        hadoop.set("fs.there.impl", There.class.getName());
    }

    @AfterEach
    void makeRoom() {
        There.refusal = null;
    }

    private OutFolder open() {
        return OutFolder.of(List.of("bench", "--out", "there:" + folder + "/run", "-q"), hadoop);
    }

    /** The folder that the driver writes. */
    private static Path here(OutFolder out) {
        assertThat(out.arguments()).hasSize(4).startsWith("bench", "--out").endsWith("-q");
        return Path.of(out.arguments().get(2));
    }

    private static void write(OutFolder out, String name, String text) throws IOException {
        Files.writeString(here(out).resolve(name), text);
    }

    private static Map<String, String> files(Path folder) throws IOException {
        var files = new TreeMap<String, String>();
        try (var all = Files.list(folder)) {
            for (var file : all.toList()) {
                files.put(file.getFileName().toString(), Files.readString(file));
            }
        }
        return files;
    }

    @Test
    void aRunIsCopiedThereAndGoesOnFromThere() throws IOException {
        var first = Map.of("records.jsonl", "one\n", "run.json", "{}", "prompts.jsonl.gz", "p", "kept.json.gz", "k");
        try (var out = open()) {
            assertThat(files(here(out))).isEmpty();
            for (var file : first.entrySet()) {
                write(out, file.getKey(), file.getValue());
            }
            write(out, ".lock", "");
            write(out, "run.json.new", "{");
        }
        assertThat(files(folder.resolve("run"))).isEqualTo(first);

        var grown = new TreeMap<>(first);
        grown.put("records.jsonl", "one\ntwo\n");
        grown.put("report.html", "<html>");
        try (var out = open()) {
            assertThat(files(here(out))).isEqualTo(first);
            write(out, "records.jsonl", "one\ntwo\n");
            write(out, "report.html", "<html>");
        }
        assertThat(files(folder.resolve("run"))).isEqualTo(grown);
    }

    /** What has not changed is not sent again: an address may be far away. */
    @Test
    void onlyWhatHasChangedIsCopied() throws IOException {
        try (var out = open()) {
            write(out, "kept.json.gz", "k");
            write(out, "records.jsonl", "one\n");
        }
        var there = folder.resolve("run");
        Files.writeString(there.resolve("kept.json.gz"), "only the address has this");
        try (var out = open()) {
            write(out, "records.jsonl", "one\ntwo\n");
            Files.writeString(there.resolve("kept.json.gz"), "and this");
        }
        assertThat(files(there)).isEqualTo(Map.of("records.jsonl", "one\ntwo\n", "kept.json.gz", "and this"));
    }

    /** A driver that was killed between the two renames has left the file of before; one while it wrote, a part. */
    @Test
    void whatAKilledDriverLeftIsTaken() throws IOException {
        var there = Files.createDirectories(folder.resolve("run"));
        Files.writeString(there.resolve("records.jsonl.before"), "one\n");
        Files.writeString(there.resolve("records.jsonl.part"), "one\ntw");
        Files.writeString(there.resolve("run.json"), "new");
        Files.writeString(there.resolve("run.json.before"), "old");
        try (var out = open()) {
            assertThat(files(here(out))).isEqualTo(Map.of("records.jsonl", "one\n", "run.json", "new"));
        }
        assertThat(files(there)).containsEntry("records.jsonl", "one\n").containsEntry("run.json", "new");
        assertThat(there.resolve("records.jsonl.part")).doesNotExist();
        assertThat(there.resolve("records.jsonl.before")).doesNotExist();
    }

    @Test
    void aRunThatCannotBeCopiedIsNotLost() throws IOException {
        var out = open();
        write(out, "records.jsonl", "one\n");
        There.refusal = "the disk is full\n\tat a.server.Somewhere";
        assertThatThrownBy(out::close)
                .isInstanceOf(UserError.class)
                .hasMessage(
                        "cannot copy the run to there:" + folder + "/run (the disk is full): it is in " + here(out));
        assertThat(files(here(out))).containsEntry("records.jsonl", "one\n");
    }

    /** Nothing is made where nothing was written. */
    @Test
    void aCommandThatFailsAtOnceLeavesNoFolder() {
        open().close();
        assertThat(folder.resolve("run")).doesNotExist();
    }

    @Test
    void foldersOfThisMachineAreTakenAsTheyAre() {
        for (var arguments : List.of(
                List.of("bench", "--out", "some/folder"),
                List.of("bench", "--out=C:/folder"),
                List.of("bench"),
                List.of("bench", "--out"))) {
            try (var out = OutFolder.of(arguments, hadoop)) {
                assertThat(out.arguments()).isEqualTo(arguments);
            }
        }
        try (var out = OutFolder.of(List.of("bench", "--out=file:///some/a folder", "-q"), hadoop)) {
            assertThat(out.arguments()).containsExactly("bench", "--out=/some/a folder", "-q");
        }
    }

    @Test
    void anAddressThatCannotBeReadIsNamed() throws IOException {
        Files.writeString(folder.resolve("file"), "");
        for (var address : List.of("nowhere://host/run", "there:" + folder + "/file", "there://:0")) {
            assertThatThrownBy(() -> OutFolder.of(List.of("bench", "--out", address), hadoop))
                    .isInstanceOf(UserError.class)
                    .hasMessageStartingWith("cannot use --out " + address + ": ")
                    .message()
                    .doesNotContain("\n");
        }
    }
}
