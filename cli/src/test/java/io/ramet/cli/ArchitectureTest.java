package io.ramet.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

    private static final JavaClasses CLASSES =
            new ClassFileImporter().withImportOption(new DoNotIncludeTests()).importPackages("io.ramet");

    @Test
    void onlyMainExits() {
        noClasses()
                .that()
                .areNotAssignableTo(Ramet.class)
                .should()
                .callMethod(System.class, "exit", int.class)
                .check(CLASSES);
    }

    @Test
    void noOtherModuleDependsOnTheCommandLine() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.ramet.cli..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.ramet.cli..")
                .check(CLASSES);
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
                .check(CLASSES);
    }

    @Test
    void onlyTheShellTouchesTheStandardStreams() {
        noClasses()
                .that()
                .resideInAPackage("io.ramet.cli..")
                .and()
                .areNotAssignableTo(CliContext.class)
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .check(CLASSES);
    }
}
