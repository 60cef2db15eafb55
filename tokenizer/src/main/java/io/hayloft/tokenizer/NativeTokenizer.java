package io.hayloft.tokenizer;

import ai.djl.huggingface.tokenizers.jni.LibUtils;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import io.hayloft.base.UserError;
import java.util.List;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.LongFunction;

/**
 * One tokenizer object of the native library, made from the text of a {@code tokenizer.json}.
 *
 * <p>The library's functions are called directly: its Java wrapper also fetches offsets, masks and strings of every token,
 * which nobody here reads. A lock keeps the object alive while another thread uses it.
 */
final class NativeTokenizer implements AutoCloseable {
    static {
        // Must stand before the library loads: otherwise it reports its use to a server and looks for GPU builds.
        System.setProperty("ai.djl.offline", "true");
        System.setProperty("OPT_OUT_TRACKING", "true");
        // Even so it asks for CUDA by way of JNA, which would unpack its own library at each start. Nothing else here
        // uses JNA; without that library the answer is "no CUDA".
        System.setProperty("jna.noclasspath", "true");
    }

    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private final String source;
    private long handle;

    /** @param source names the file in errors */
    NativeTokenizer(String json, String source) {
        this.source = source;
        try {
            LibUtils.checkStatus();
        } catch (RuntimeException | LinkageError e) {
            throw new UserError("the tokenizer library does not load on this machine: " + oneLine(e), e);
        }
        try {
            handle = TokenizersLibrary.LIB.createTokenizerFromString(json);
        } catch (RuntimeException e) {
            throw new UserError(source + ": no tokenizer that can be read: " + oneLine(e), e);
        }
        TokenizersLibrary.LIB.disableTruncation(handle);
        TokenizersLibrary.LIB.disablePadding(handle);
    }

    /** Begins to load the library in the background, which takes as long as much of what else is done until it is needed. */
    static void prepare() {
        Thread.ofPlatform().daemon().name("tokenizer library").start(() -> {
            try {
                LibUtils.checkStatus();
            } catch (RuntimeException | LinkageError e) {
                // told to whoever makes a tokenizer
            }
        });
    }

    int[] encode(String text, boolean addSpecial) {
        return encode(text, addSpecial, encoding -> narrow(TokenizersLibrary.LIB.getTokenIds(encoding)));
    }

    /** The tokens as the library writes them: an unknown one may read as it stands in the text. */
    List<String> pieces(String text) {
        return encode(text, false, encoding -> List.of(TokenizersLibrary.LIB.getTokens(encoding)));
    }

    private <T> T encode(String text, boolean addSpecial, LongFunction<T> read) {
        lock.readLock().lock();
        try {
            long encoding = encode(open(), wellFormed(text), addSpecial);
            try {
                return read.apply(encoding);
            } finally {
                TokenizersLibrary.LIB.deleteEncoding(encoding);
            }
        } finally {
            lock.readLock().unlock();
        }
    }

    private long encode(long tokenizer, String text, boolean addSpecial) {
        try {
            return TokenizersLibrary.LIB.encode(tokenizer, text, addSpecial);
        } catch (RuntimeException e) {
            throw new UserError(source + ": the tokenizer cannot encode a text: " + oneLine(e), e);
        }
    }

    String decode(int[] ids, boolean skipSpecial) {
        var wide = new long[ids.length];
        for (int i = 0; i < ids.length; i++) {
            wide[i] = ids[i];
        }
        lock.readLock().lock();
        try {
            return TokenizersLibrary.LIB.decode(open(), wide, skipSpecial);
        } finally {
            lock.readLock().unlock();
        }
    }

    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            if (handle != 0) {
                TokenizersLibrary.LIB.deleteTokenizer(handle);
                handle = 0;
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    private long open() {
        if (handle == 0) {
            throw new IllegalStateException("the tokenizer is closed");
        }
        return handle;
    }

    /** The text with U+FFFD for halves of surrogate pairs, which UTF-8 cannot hold. */
    static String wellFormed(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                var points = text.codePoints().map(c -> c >= 0xD800 && c <= 0xDFFF ? 0xFFFD : c);
                return points.collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                        .toString();
            }
        }
        return text;
    }

    private static int[] narrow(long[] ids) {
        var narrow = new int[ids.length];
        for (int i = 0; i < ids.length; i++) {
            narrow[i] = (int) ids[i];
        }
        return narrow;
    }

    private static String oneLine(Throwable e) {
        var message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message.strip().replaceAll("\\s+", " ");
    }
}
