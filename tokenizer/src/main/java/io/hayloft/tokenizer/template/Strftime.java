package io.hayloft.tokenizer.template;

import java.time.DayOfWeek;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.TextStyle;
import java.time.temporal.IsoFields;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Times in the form of Python's {@code strftime}, as the C library writes them in its plain locale. */
final class Strftime {
    private Strftime() {}

    static String format(LocalDateTime time, String format) {
        var out = new StringBuilder();
        for (int i = 0; i < format.length(); i++) {
            if (format.charAt(i) != '%' || i + 1 == format.length()) {
                out.append(format.charAt(i));
                continue;
            }
            int start = i++;
            char flag = 0;
            while (i < format.length() && "-_0^#".indexOf(format.charAt(i)) >= 0) {
                flag = format.charAt(i++);
            }
            var text = i < format.length() ? directive(time, format.charAt(i)) : null;
            out.append(text == null ? format.substring(start, Math.min(i + 1, format.length())) : flagged(text, flag));
        }
        return out.toString();
    }

    /** Applies a flag of the C library: no padding, padding with blanks or zeros, capital letters. */
    private static String flagged(String text, char flag) {
        int digits = 0;
        while (digits < text.length() - 1 && (text.charAt(digits) == '0' || text.charAt(digits) == ' ')) {
            digits++;
        }
        boolean number = !text.isEmpty() && text.chars().allMatch(c -> c == ' ' || (c >= '0' && c <= '9'));
        return switch (flag) {
            case '-' -> number ? text.substring(digits) : text;
            case '_' -> number ? " ".repeat(digits) + text.substring(digits) : text;
            case '0' -> number ? "0".repeat(digits) + text.substring(digits) : text;
            case '^' -> text.toUpperCase(Locale.ROOT);
            case '#' ->
                text.equals("AM") || text.equals("PM") ? text.toLowerCase(Locale.ROOT) : text.toUpperCase(Locale.ROOT);
            default -> text;
        };
    }

    private static @Nullable String directive(LocalDateTime time, char directive) {
        int hour12 = (time.getHour() + 11) % 12 + 1;
        return switch (directive) {
            case 'a' -> time.getDayOfWeek().getDisplayName(TextStyle.SHORT, Locale.ENGLISH);
            case 'A' -> time.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
            case 'b', 'h' -> time.getMonth().getDisplayName(TextStyle.SHORT, Locale.ENGLISH);
            case 'B' -> time.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
            case 'c' -> format(time, "%a %b %e %H:%M:%S %Y");
            case 'C' -> pad(time.getYear() / 100, 2);
            case 'd' -> pad(time.getDayOfMonth(), 2);
            case 'D', 'x' -> format(time, "%m/%d/%y");
            case 'e' -> "%2d".formatted(time.getDayOfMonth());
            case 'f' -> pad(time.getNano() / 1000, 6);
            case 'F' -> format(time, "%Y-%m-%d");
            case 'g' -> pad(time.get(IsoFields.WEEK_BASED_YEAR) % 100, 2);
            case 'G' -> pad(time.get(IsoFields.WEEK_BASED_YEAR), 4);
            case 'H' -> pad(time.getHour(), 2);
            case 'I' -> pad(hour12, 2);
            case 'j' -> pad(time.getDayOfYear(), 3);
            case 'k' -> "%2d".formatted(time.getHour());
            case 'l' -> "%2d".formatted(hour12);
            case 'm' -> pad(time.getMonthValue(), 2);
            case 'M' -> pad(time.getMinute(), 2);
            case 'n' -> "\n";
            case 'p' -> time.getHour() < 12 ? "AM" : "PM";
            case 'P' -> time.getHour() < 12 ? "am" : "pm";
            case 'r' -> format(time, "%I:%M:%S %p");
            case 'R' -> format(time, "%H:%M");
            case 's' -> Long.toString(time.toEpochSecond(ZoneOffset.UTC));
            case 'S' -> pad(time.getSecond(), 2);
            case 't' -> "\t";
            case 'T', 'X' -> format(time, "%H:%M:%S");
            case 'u' -> Integer.toString(time.getDayOfWeek().getValue());
            case 'U' -> pad(week(time, DayOfWeek.SUNDAY), 2);
            case 'V' -> pad(time.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR), 2);
            case 'w' -> Integer.toString(time.getDayOfWeek().getValue() % 7);
            case 'W' -> pad(week(time, DayOfWeek.MONDAY), 2);
            case 'y' -> pad(time.getYear() % 100, 2);
            case 'Y' -> Integer.toString(time.getYear());
            case 'z', 'Z' -> "";
            case '%' -> "%";
            default -> null;
        };
    }

    /** The week of the year, from 0, where weeks start with this day. */
    private static int week(LocalDateTime time, DayOfWeek first) {
        int day = Math.floorMod(time.getDayOfWeek().getValue() - first.getValue(), 7);
        return (time.getDayOfYear() - 1 - day + 7) / 7;
    }

    private static String pad(int number, int width) {
        return ("%0" + width + "d").formatted(number);
    }
}
