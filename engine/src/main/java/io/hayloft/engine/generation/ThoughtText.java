package io.hayloft.engine.generation;

import io.hayloft.tokenizer.TextStream;
import io.hayloft.tokenizer.Tokenizer;
import java.util.Arrays;

/**
 * The beginning of a completion of a model that may think: finds the block of thoughts and its end. Tags may be tokens of
 * their own or ordinary text.
 */
final class ThoughtText {
    /** Blank tokens before the opening tag, after which none is expected any more. */
    private static final int MOST_BLANK = 8;

    private final Thinking rule;
    private final int[] closing;
    private final TextStream opening;
    private final StringBuilder before = new StringBuilder();
    private final CompletionText block;
    private final int mostHeld;
    private int[] held = {};
    private boolean inside;
    private boolean over;
    private int tokens;
    private int forced;

    /** @param prompt whose end says whether a block is open already, or there will be none */
    ThoughtText(Thinking rule, Tokenizer tokenizer, int[] prompt) {
        this.rule = rule;
        var tags = rule.tags();
        closing = tokenizer.encode(tags.close(), false, true);
        int[] open = tokenizer.encode(tags.open(), false, true);
        mostHeld = MOST_BLANK + open.length;
        opening = tokenizer.stream(false);
        block = new CompletionText(tokenizer.stream(false), new StopText(tags.close(), 0));
        int tail = MOST_BLANK + Math.max(open.length, closing.length);
        var end = tokenizer.decode(Arrays.copyOfRange(prompt, Math.max(0, prompt.length - tail), prompt.length), false);
        inside = tags.openAtEnd(end);
        over = tags.closedAtEnd(end);
    }

    /** Tokens that the block may add to a completion: its budget, the tags and what may stand before them. */
    static int most(Thinking rule, Tokenizer tokenizer) {
        return rule.maxTokens()
                + MOST_BLANK
                + tokenizer.encode(rule.tags().open(), false, true).length
                + tokenizer.encode(rule.tags().close(), false, true).length;
    }

    /** Whether the block has ended, or there is none: the answer has begun. */
    boolean over() {
        return over;
    }

    /** Whether the tokens are those of a block. */
    boolean inside() {
        return inside && !over;
    }

    /** Whether the completion had a block. */
    boolean found() {
        return inside;
    }

    /** The token of the closing tag that has to follow, as the budget is used up; -1 if the model chooses. */
    int forcedToken() {
        return inside() && (forced > 0 || tokens >= rule.maxTokens()) ? closing[forced] : -1;
    }

    /** Adds a token; returns the text of thoughts that is now certain. */
    String push(int id) {
        boolean closes = forcedToken() >= 0;
        tokens++;
        var piece = inside ? block.push(id) : open(id);
        if (closes) {
            forced++;
        }
        over |= block.stopped() || forced == closing.length;
        return piece;
    }

    private String open(int id) {
        held = Arrays.copyOf(held, held.length + 1);
        held[held.length - 1] = id;
        before.append(opening.push(id));
        var text = before.toString().stripLeading();
        var tag = rule.tags().open();
        if (text.startsWith(tag)) {
            inside = true;
            return block.append(text.substring(tag.length()));
        }
        over = !tag.startsWith(text) || held.length >= mostHeld;
        return "";
    }

    /** Ends the block where it stands; returns the text of thoughts that had been held back. */
    String finish() {
        return inside ? block.finish() : "";
    }

    /** The tokens before the answer was found to be one without a block: they are part of it. */
    int[] held() {
        return inside ? new int[0] : held;
    }

    /** The text behind the closing tag in the token that completed it. */
    String rest() {
        return block.rest();
    }

    /** Tokens of the block so far, its tags included. */
    int tokens() {
        return inside ? tokens : 0;
    }

    /** The thoughts so far. */
    @Override
    public String toString() {
        return block.toString().strip();
    }
}
