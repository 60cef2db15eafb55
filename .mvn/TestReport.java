import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;

/**
 * Says what came of the tests of all rooms, from Surefire's reports: how many passed, and which were skipped and why.
 *
 * <pre>java .mvn/TestReport.java ROOT SINCE list|totals|strict|rerun</pre>
 *
 * Reports older than SINCE (an instant, such as 2026-01-31T12:00:00Z) come from earlier builds and do not count.
 * {@code list} names what was skipped, {@code totals} is its last line alone. {@code strict} is {@code list}, and fails
 * where tests failed, none ran, or one was skipped for another reason than absent reference data. {@code rerun} is a value
 * of Surefire's {@code -Dtest}: the tests that were skipped for want of reference data.
 */
final class TestReport {
    /** How {@code io.hayloft.testing.Shared} begins the reason of its skips. */
    private static final String ABSENT = "no reference data: ";

    private record Skip(String test, String method, String reason) {
        boolean isForWantOfData() {
            return reason.startsWith(ABSENT);
        }
    }

    private final List<Skip> skips = new ArrayList<>();
    private int tests;
    private int failures;

    public static void main(String[] args) throws Exception {
        var report = new TestReport();
        for (var file : reports(Path.of(args[0]), Instant.parse(args[1]))) {
            report.read(file);
        }
        switch (args[2]) {
            case "list" -> report.list();
            case "totals" -> System.out.println(report.totals());
            case "rerun" -> System.out.println(report.rerun());
            case "strict" -> {
                report.list();
                System.exit(report.isGood() ? 0 : 1);
            }
            default -> throw new IllegalArgumentException(args[2]);
        }
    }

    private static List<Path> reports(Path root, Instant since) throws IOException {
        var reports = new ArrayList<Path>();
        try (var rooms = Files.newDirectoryStream(root)) {
            for (var room : rooms) {
                var folder = room.resolve("target").resolve("surefire-reports");
                if (!Files.isDirectory(folder)) {
                    continue;
                }
                try (var files = Files.newDirectoryStream(folder, "TEST-*.xml")) {
                    for (var file : files) {
                        if (!Files.getLastModifiedTime(file).toInstant().isBefore(since)) {
                            reports.add(file);
                        }
                    }
                }
            }
        }
        return reports;
    }

    private void read(Path file) throws Exception {
        var document = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file.toFile());
        var cases = document.getElementsByTagName("testcase");
        for (int i = 0; i < cases.getLength(); i++) {
            var test = (Element) cases.item(i);
            tests++;
            var skipped = test.getElementsByTagName("skipped");
            if (has(test, "failure") || has(test, "error")) {
                failures++;
            } else if (skipped.getLength() > 0) {
                var name = test.getAttribute("name");
                skips.add(new Skip(
                        test.getAttribute("classname"),
                        name.replaceFirst("\\W.*", ""),
                        reason((Element) skipped.item(0))));
            }
        }
    }

    private static boolean has(Element test, String child) {
        return test.getElementsByTagName(child).getLength() > 0;
    }

    /** A message, or the first line of a stack trace without the exception's name. */
    private static String reason(Element skipped) {
        var message = skipped.getAttribute("message");
        var text = message.isEmpty() ? skipped.getTextContent().strip() : message;
        return text.lines().findFirst().orElse("no reason given").replaceFirst("^org\\.opentest4j\\.\\w+: ", "");
    }

    private void list() {
        var absent = new TreeMap<String, Integer>();
        skips.stream().filter(Skip::isForWantOfData).forEach(skip -> absent.merge(skip.test(), 1, Integer::sum));
        if (!absent.isEmpty()) {
            System.out.println("Skipped for want of reference data or real models (docs/testing.md), by class:");
            absent.forEach((test, count) -> System.out.printf("%6d  %s%n", count, test));
        }
        var others = skips.stream().filter(skip -> !skip.isForWantOfData()).toList();
        if (!others.isEmpty()) {
            System.out.println("Skipped for another reason:");
            others.stream()
                    .map(skip -> "        " + skip.test() + "." + skip.method() + ": " + skip.reason())
                    .sorted()
                    .forEach(System.out::println);
        }
        if (tests > 0) {
            System.out.println(totals());
        }
    }

    private String totals() {
        int passed = tests - failures - skips.size();
        return passed + " passed, " + failures + " failed, " + skips.size() + " skipped";
    }

    private boolean isGood() {
        return tests > skips.size() && failures == 0 && skips.stream().allMatch(Skip::isForWantOfData);
    }

    /** {@code ClassA#method1+method2,ClassB#method3}, or nothing. */
    private String rerun() {
        Map<String, TreeSet<String>> methods = new TreeMap<>(Comparator.naturalOrder());
        for (var skip : skips) {
            if (skip.isForWantOfData()) {
                methods.computeIfAbsent(skip.test(), test -> new TreeSet<>()).add(skip.method());
            }
        }
        return methods.entrySet().stream()
                .map(entry -> entry.getKey() + "#" + String.join("+", entry.getValue()))
                .collect(Collectors.joining(","));
    }
}
