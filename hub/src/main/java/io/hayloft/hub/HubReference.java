package io.hayloft.hub;

import io.hayloft.base.UserError;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A model of the Hugging Face Hub as users write it: {@code hf:OWNER/REPO[/FILE][:QUANT][@REVISION]}.
 *
 * @param repo owner and name with a slash between
 * @param file path of a GGUF file in the repository; empty to choose one
 * @param quant quantisation of the file, such as {@code Q4_K_M}; empty for the default
 * @param revision branch, tag or commit
 */
record HubReference(String repo, String file, String quant, String revision) {
    static final String PREFIX = "hf:";
    static final String FORM =
            "hf:OWNER/REPO, hf:OWNER/REPO:QUANT or hf:OWNER/REPO/FILE, with @REVISION behind if need be";

    private static final String NAME = "[A-Za-z0-9][A-Za-z0-9._-]*";

    private static final Pattern WHOLE = Pattern.compile("hf:(?<repo>" + NAME + "/" + NAME
            + ")(?:/(?<file>[^:@]+))?(?::(?<quant>[A-Za-z0-9._-]+))?(?:@(?<rev>\\S+))?");

    private static final Pattern REPO = Pattern.compile(NAME + "/" + NAME);

    /**
     * Reads a reference; empty if the text does not begin as one.
     *
     * @throws UserError if it goes on otherwise
     */
    static Optional<HubReference> parse(String text) {
        if (!text.startsWith(PREFIX)) {
            return Optional.empty();
        }
        var match = WHOLE.matcher(text);
        if (!match.matches() || text.contains("..")) {
            throw new UserError("'" + text + "' names no model of the Hub: write " + FORM);
        }
        var file = orElse(match.group("file"), "");
        var quant = orElse(match.group("quant"), "");
        if (!file.isEmpty() && (!quant.isEmpty() || !file.endsWith(".gguf"))) {
            throw new UserError("'" + text + "': "
                    + (quant.isEmpty() ? "the file must be a .gguf file" : "give either a file or a quantisation")
                    + ", as in " + FORM);
        }
        return Optional.of(new HubReference(match.group("repo"), file, quant, orElse(match.group("rev"), "main")));
    }

    /** Whether a text could be the name of a repository, without the prefix. */
    static boolean looksLikeRepo(String text) {
        return REPO.matcher(text).matches();
    }

    private static String orElse(@Nullable String text, String other) {
        return text == null ? other : text;
    }

    /** As users write it. */
    @Override
    public String toString() {
        return PREFIX
                + repo
                + (file.isEmpty() ? "" : "/" + file)
                + (quant.isEmpty() ? "" : ":" + quant)
                + (revision.equals("main") ? "" : "@" + revision);
    }
}
