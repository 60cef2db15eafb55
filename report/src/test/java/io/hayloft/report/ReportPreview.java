package io.hayloft.report;

import java.nio.file.Files;
import java.nio.file.Path;

/** Writes the page of a made-up run, to look at it while changing its style: give the folder as argument. */
final class ReportPreview {
    private ReportPreview() {}

    public static void main(String[] arguments) throws Exception {
        var folder = Files.createDirectories(Path.of(arguments[0]));
        System.out.println(Report.write(FakeRecords.run(folder, FakeRecords.mini(10, 7))));
    }
}
