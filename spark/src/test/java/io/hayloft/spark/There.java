package io.hayloft.spark;

import java.io.IOException;
import java.net.URI;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.util.Progressable;
import org.jspecify.annotations.Nullable;

/** The file system {@code there:}, which is a folder of this machine and can be full. */
public final class There extends RawLocalFileSystem {
    /** Why nothing can be written; null if something can. */
    static volatile @Nullable String refusal;

    @Override
    public URI getUri() {
        return URI.create("there:///");
    }

    @Override
    public String getScheme() {
        return "there";
    }

    @Override
    public FSDataOutputStream create(
            Path file, boolean overwrite, int buffer, short replication, long block, @Nullable Progressable progress)
            throws IOException {
        if (refusal != null) {
            throw new IOException(refusal);
        }
        return super.create(file, overwrite, buffer, replication, block, progress);
    }
}
