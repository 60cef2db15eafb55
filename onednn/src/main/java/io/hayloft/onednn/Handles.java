package io.hayloft.onednn;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** Owns objects of the library: closing destroys them, the last one first. Used by one thread at a time. */
final class Handles implements AutoCloseable {
    /** Kinds of objects. */
    enum Kind {
        DESCRIPTION("memory_desc"),
        MEMORY("memory"),
        PLAN("primitive_desc"),
        PRIMITIVE("primitive"),
        STREAM("stream");

        private final String name;

        Kind(String name) {
            this.name = name;
        }

        /** Name of the function that destroys an object of this kind. */
        String destroyer() {
            return "dnnl_" + name + "_destroy";
        }
    }

    private record Owned(Kind kind, long handle) {}

    private final OneDnn library;
    private final Deque<Owned> owned = new ArrayDeque<>();

    Handles(OneDnn library) {
        this.library = library;
    }

    void add(Kind kind, long handle) {
        owned.push(new Owned(kind, handle));
    }

    /** Takes over all objects of another owner, which has none afterwards. */
    void takeAll(Handles other) {
        while (!other.owned.isEmpty()) {
            owned.push(other.owned.removeLast());
        }
    }

    @Override
    public void close() {
        RuntimeException failure = null;
        while (!owned.isEmpty()) {
            failure = destroy(owned.pop(), failure);
        }
        if (failure != null) {
            throw failure;
        }
    }

    private @Nullable RuntimeException destroy(Owned object, @Nullable RuntimeException before) {
        try {
            library.destroy(object.kind, object.handle);
            return before;
        } catch (RuntimeException e) {
            return before == null ? e : before;
        }
    }
}
