package io.hayloft.dist;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.zip.Deflater;
import org.apache.commons.compress.archivers.ArchiveEntry;
import org.apache.commons.compress.archivers.ArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipParameters;

/** Archives of a folder whose bytes depend on nothing but names, contents, whether a file may be run, and one time. */
final class Archives {
    private static final int RUNS = 0100755;
    private static final int READS = 0100644;

    private Archives() {}

    static void tarGz(Path folder, Path to, Instant time) throws IOException {
        var parameters = new GzipParameters();
        parameters.setCompressionLevel(Deflater.BEST_COMPRESSION);
        try (var tar = new TarArchiveOutputStream(
                new GzipCompressorOutputStream(new BufferedOutputStream(Files.newOutputStream(to)), parameters))) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            for (var file : files(folder)) {
                var entry = new TarArchiveEntry(name(folder, file));
                entry.setSize(Files.size(file));
                entry.setMode(mode(file));
                entry.setModTime(time.toEpochMilli());
                entry.setIds(0, 0);
                entry.setNames("root", "root");
                put(tar, entry, file);
            }
        }
    }

    static void zip(Path folder, Path to, Instant time) throws IOException {
        try (var zip = new ZipArchiveOutputStream(to)) {
            for (var file : files(folder)) {
                var entry = new ZipArchiveEntry(name(folder, file));
                entry.setUnixMode(mode(file));
                entry.setTime(time.toEpochMilli());
                put(zip, entry, file);
            }
        }
    }

    private static <E extends ArchiveEntry> void put(ArchiveOutputStream<E> out, E entry, Path file)
            throws IOException {
        out.putArchiveEntry(entry);
        Files.copy(file, out);
        out.closeArchiveEntry();
    }

    static List<Path> files(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private static String name(Path folder, Path file) {
        return folder.getFileName() + "/" + folder.relativize(file).toString().replace('\\', '/');
    }

    private static int mode(Path file) {
        return Files.isExecutable(file) ? RUNS : READS;
    }
}
