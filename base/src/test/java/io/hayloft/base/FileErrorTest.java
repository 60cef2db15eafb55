package io.hayloft.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileErrorTest {
    @Test
    void saysInWordsWhyTheSystemRefused(@TempDir Path folder) throws IOException {
        var file = Files.writeString(folder.resolve("file"), "x");

        assertThat(FileError.reason(of(() -> Files.readString(folder.resolve("none")))))
                .isEqualTo("no such file or folder");
        assertThat(FileError.reason(of(() -> Files.createDirectory(file)))).isEqualTo("a file is in its way");
        assertThat(FileError.reason(of(() -> Files.delete(folder)))).isEqualTo("the folder is not empty");
        assertThat(FileError.reason(of(() -> Files.createDirectory(file.resolve("below")))))
                .isEqualTo("Not a directory");
        assertThat(FileError.reason(new AccessDeniedException("f"))).isEqualTo("permission denied");
        assertThat(FileError.reason(new FileSystemException("f", null, "No space left on device")))
                .isEqualTo("No space left on device");
        assertThat(FileError.reason(new IOException())).isEqualTo("the system gives no reason");
    }

    private static IOException of(Work work) {
        return catchThrowableOfType(IOException.class, work::run);
    }

    private interface Work {
        void run() throws IOException;
    }
}
