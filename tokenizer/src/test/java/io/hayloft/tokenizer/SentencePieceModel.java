package io.hayloft.tokenizer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads a SentencePiece model file (protocol buffers) as far as a converter to GGUF does. */
final class SentencePieceModel {
    private SentencePieceModel() {}

    static Map<String, Object> asGguf(byte[] bytes) {
        var tokens = new ArrayList<String>();
        var scores = new ArrayList<Double>();
        var types = new ArrayList<Long>();
        var file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        while (file.hasRemaining()) {
            long tag = varint(file);
            int length = (int) varint(file);
            var message = file.slice(file.position(), length).order(ByteOrder.LITTLE_ENDIAN);
            file.position(file.position() + length);
            if (tag >> 3 == 1) {
                readPiece(message, tokens, scores, types);
            }
        }
        var metadata = new HashMap<String, Object>();
        metadata.put("tokenizer.ggml.model", "llama");
        metadata.put("tokenizer.ggml.tokens", tokens);
        metadata.put("tokenizer.ggml.scores", scores);
        metadata.put("tokenizer.ggml.token_type", types);
        metadata.put("tokenizer.ggml.unknown_token_id", 0L);
        metadata.put("tokenizer.ggml.bos_token_id", 1L);
        metadata.put("tokenizer.ggml.eos_token_id", 2L);
        return metadata;
    }

    private static void readPiece(ByteBuffer message, List<String> tokens, List<Double> scores, List<Long> types) {
        String piece = "";
        double score = 0;
        long type = 1;
        while (message.hasRemaining()) {
            switch ((int) varint(message) >> 3) {
                case 1 -> {
                    var text = new byte[(int) varint(message)];
                    message.get(text);
                    piece = new String(text, StandardCharsets.UTF_8);
                }
                case 2 -> score = message.getFloat();
                case 3 -> type = varint(message);
                default -> throw new IllegalArgumentException("unknown field of a piece");
            }
        }
        tokens.add(piece);
        scores.add(score);
        types.add(type);
    }

    private static long varint(ByteBuffer bytes) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte b = bytes.get();
            value |= (long) (b & 0x7F) << shift;
            if (b >= 0) {
                return value;
            }
        }
    }
}
