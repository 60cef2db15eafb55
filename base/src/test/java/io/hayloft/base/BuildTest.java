package io.hayloft.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BuildTest {
    private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

    @TempDir
    Path folder;

    private Path git(String head) throws IOException {
        var git = Files.createDirectories(folder.resolve("main/.git"));
        Files.writeString(git.resolve("HEAD"), head + "\n");
        return git;
    }

    @Test
    void theCommitIsThatOfTheBranchOrTheOneCheckedOut() throws IOException {
        assertThat(Build.head(git(COMMIT))).isEqualTo(COMMIT);
        var git = git("ref: refs/heads/main");
        assertThat(Build.head(git)).isEqualTo(Build.UNKNOWN);
        Files.writeString(git.resolve("packed-refs"), "# pack-refs\n" + COMMIT + " refs/heads/main\n");
        assertThat(Build.head(git)).isEqualTo(COMMIT);
        Files.createDirectories(git.resolve("refs/heads"));
        Files.writeString(git.resolve("refs/heads/main"), COMMIT.replace('0', 'f') + "\n");
        assertThat(Build.head(git)).isEqualTo(COMMIT.replace('0', 'f'));
    }

    @Test
    void aSecondWorkingCopySharesTheBranchesOfTheFirst() throws IOException {
        var git = git(COMMIT);
        Files.createDirectories(git.resolve("refs/heads"));
        Files.writeString(git.resolve("refs/heads/other"), COMMIT + "\n");
        var own = Files.createDirectories(git.resolve("worktrees/copy"));
        Files.writeString(own.resolve("HEAD"), "ref: refs/heads/other\n");
        Files.writeString(own.resolve("commondir"), "../..\n");
        var copy = Files.createDirectory(folder.resolve("copy"));
        var pointer = Files.writeString(copy.resolve(".git"), "gitdir: " + own + "\n");
        assertThat(Build.head(pointer)).isEqualTo(COMMIT);
    }

    @Test
    void versionAndCommitAreNeverEmpty() {
        assertThat(Build.version()).isNotBlank();
        assertThat(Build.commit()).matches("[0-9a-f]{40}|" + Build.UNKNOWN);
    }
}
