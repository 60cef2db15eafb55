package io.hayloft.tasks;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The tokenizer of the reference prompts: a token is a run of other characters with the white space after it; white
 * space at the very start is a token of its own.
 */
public final class StandInTokens implements TokenCounter {
    private static final Pattern TOKEN = Pattern.compile("^[ \\n\\t\\r]+|[^ \\n\\t\\r]+[ \\n\\t\\r]*");

    private final int startTokens;
    private final Map<String, Integer> ids = new HashMap<>();
    private final List<String> texts = new ArrayList<>();

    public StandInTokens(int startTokens) {
        this.startTokens = startTokens;
    }

    @Override
    public int[] encode(String text) {
        return TOKEN.matcher(text)
                .results()
                .mapToInt(match -> ids.computeIfAbsent(match.group(), token -> {
                    texts.add(token);
                    return texts.size() - 1;
                }))
                .toArray();
    }

    @Override
    public String decode(int[] ids) {
        var text = new StringBuilder();
        for (int id : ids) {
            text.append(texts.get(id));
        }
        return text.toString();
    }

    @Override
    public int startTokens() {
        return startTokens;
    }
}
