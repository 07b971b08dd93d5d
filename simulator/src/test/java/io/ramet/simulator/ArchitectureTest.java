package io.ramet.simulator;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

    private static final JavaClasses SIMULATOR = new ClassFileImporter()
            .importUrl(Simulator.class.getProtectionDomain().getCodeSource().getLocation());

    @Test
    void simulatorDependsOnNothingElseOfRamet() {
        DescribedPredicate<JavaClass> restOfRamet = JavaClass.Predicates.resideInAPackage("io.ramet..")
                .and(DescribedPredicate.not(JavaClass.Predicates.resideInAPackage("io.ramet.simulator..")));

        noClasses().should().dependOnClassesThat(restOfRamet).check(SIMULATOR);
    }

    @Test
    void onlyTheBuilderReadsTheSystemTicker() {
        noClasses()
                .that()
                .doNotHaveSimpleName("SimulatorBuilder")
                .should()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(java.time.Instant.class, "now")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .check(SIMULATOR);
    }
}
