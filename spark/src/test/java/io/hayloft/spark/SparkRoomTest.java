package io.hayloft.spark;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import org.junit.jupiter.api.Test;

/** What RoomsTest holds for the rooms that the command line consists of. */
class SparkRoomTest {
    @Test
    void seesTheCommandLineAndTheSamplesOfARun() {
        ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
        var classes = new ClassFileImporter()
                .withImportOption(new DoNotIncludeTests())
                .importPackages("io.hayloft.spark");

        var seen = resideInAnyPackage(
                "io.hayloft.spark..",
                "io.hayloft.cli..",
                "io.hayloft.bench.run..",
                "io.hayloft.bench.record..",
                "io.hayloft.base..");
        noClasses()
                .should()
                .dependOnClassesThat(resideInAnyPackage("io.hayloft..", "jdk.incubator..", "java.lang.foreign..")
                        .and(not(seen)))
                .check(classes);
    }
}
