package io.hayloft.tasks.metric;

import java.util.regex.Pattern;

/** Tasks whose answer is a number: the share of the numbers in the answer that are the right one. */
public final class Numbers {
    private static final Pattern PARAGRAPH = Pattern.compile("Paragraph (\\p{Nd}+)");

    private Numbers() {}

    /** Against a reference that is the number itself. Numbers are compared as text: {@code 019} is not {@code 19}. */
    public static double count(String prediction, String reference) {
        var numbers = UnicodeText.numbers(prediction);
        long right = numbers.stream().filter(reference::equals).count();
        return numbers.isEmpty() ? 0 : (double) right / numbers.size();
    }

    /** Whether a reference has the form {@code Paragraph 12}, which {@link #paragraph} needs. */
    public static boolean namesParagraph(String reference) {
        return PARAGRAPH.matcher(reference).find();
    }

    /**
     * Against a reference such as {@code Paragraph 12}.
     *
     * @throws IllegalArgumentException if the reference names no paragraph
     */
    public static double paragraph(String prediction, String reference) {
        var paragraph = PARAGRAPH.matcher(reference);
        if (!paragraph.find()) {
            throw new IllegalArgumentException("no paragraph in the reference '" + reference + "'");
        }
        return count(prediction, paragraph.group(1));
    }
}
