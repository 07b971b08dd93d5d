package io.ramet.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

    private final JavaClasses classes =
            new ClassFileImporter().withImportOption(new DoNotIncludeTests()).importPackages("io.ramet");

    @Test
    void onlyMainExits() {
        noClasses()
                .that()
                .areNotAssignableTo(Ramet.class)
                .should()
                .callMethod(System.class, "exit", int.class)
                .check(classes);
    }

    @Test
    void nobodyDependsOnTheCommandLine() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.ramet.cli..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.ramet.cli..")
                .check(classes);
    }

    @Test
    void theSimulatorDependsOnNoneOfUs() {
        noClasses()
                .that()
                .resideInAPackage("io.ramet.simulator..")
                .should()
                .dependOnClassesThat(
                        com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage("io.ramet..")
                                .and(com.tngtech.archunit.base.DescribedPredicate.not(
                                        com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage(
                                                "io.ramet.simulator.."))))
                .check(classes);
    }

    @Test
    void onlyASessionOfTheProcessTouchesTheStandardStreams() {
        noClasses()
                .that()
                .resideInAPackage("io.ramet.cli..")
                .and()
                .areNotAssignableTo(Shell.class)
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .check(classes);
    }
}
