package io.hayloft.tasks.metric;

import java.util.regex.Pattern;

/** Tasks whose answer is a number: the share of the numbers in the answer that are the right one. */
public final class Numbers {
    /** References such as {@code Paragraph 12}. */
    public static final Numbers ENGLISH = new Numbers("Paragraph ");

    /** The same in Chinese, as in {@code 段落12}. */
    public static final Numbers CHINESE = new Numbers("段落");

    private final Pattern paragraph;

    private Numbers(String word) {
        paragraph = Pattern.compile(word + "(\\p{Nd}+)");
    }

    /** Against a reference that is the number itself. Numbers are compared as text: {@code 019} is not {@code 19}. */
    public static double count(String prediction, String reference) {
        var numbers = UnicodeText.numbers(prediction);
        long right = numbers.stream().filter(reference::equals).count();
        return numbers.isEmpty() ? 0 : (double) right / numbers.size();
    }

    /** Whether a reference names a paragraph, which {@link #paragraph} needs. */
    public boolean namesParagraph(String reference) {
        return paragraph.matcher(reference).find();
    }

    /**
     * Against the number in a reference that names a paragraph.
     *
     * @throws IllegalArgumentException if the reference names no paragraph
     */
    public double paragraph(String prediction, String reference) {
        var found = paragraph.matcher(reference);
        if (!found.find()) {
            throw new IllegalArgumentException("no paragraph in the reference '" + reference + "'");
        }
        return count(prediction, found.group(1));
    }
}
