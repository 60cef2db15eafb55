package io.hayloft.report;

import io.hayloft.bench.record.RunFolder;
import io.hayloft.report.stats.Findings;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes the page of a run, or of a made-up one where the folder has none, to look at it while changing its style. */
final class ReportPreview {
    private ReportPreview() {}

    public static void main(String[] arguments) throws Exception {
        var folder = Files.createDirectories(Path.of(arguments[0]));
        var run = Files.exists(folder.resolve("run.json"))
                ? RunFolder.read(folder)
                : FakeRecords.run(folder, FakeRecords.mini(10, 7));
        Headline.of(Findings.of(run.records())).forEach(System.out::println);
        System.out.println(Report.write(run));
    }
}
