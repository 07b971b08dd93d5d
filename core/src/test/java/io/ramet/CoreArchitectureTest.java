package io.ramet;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameStartingWith;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.properties.HasName;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class CoreArchitectureTest {

    private static final JavaClasses CORE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.ramet");

    @Test
    void allOfCoreIsLookedAt() {
        assertThat(CORE.size()).isGreaterThan(40);
    }

    @Test
    void onlyTheJsonPackageKnowsJackson() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.ramet.json..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("tools.jackson..", "com.fasterxml..")
                .check(CORE);
    }

    @Test
    void coreKnowsTheJdkAndJacksonOnly() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "io.ramet..",
                        "java..",
                        "org.jspecify.annotations..",
                        "tools.jackson..",
                        "com.fasterxml.jackson..")
                .check(CORE);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.ramet.(*)..").should().beFreeOfCycles().check(CORE);
    }

    @Test
    void errorsDependOnNoOtherPackage() {
        noClasses()
                .that()
                .resideInAPackage("io.ramet.error..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.ramet",
                        "io.ramet.json..",
                        "io.ramet.model..",
                        "io.ramet.outcome..",
                        "io.ramet.plan..",
                        "io.ramet.sign..")
                .check(CORE);
    }

    @Test
    void coreStartsNoThreadButForTheSeedOfPlanIdsAndOnlyNamesFutures() {
        noClasses()
                .that(not(idBits()))
                .should()
                .dependOnClassesThat(resideInAPackage("java.util.concurrent..")
                        .and(not(belongToAnyOf(
                                CompletableFuture.class, CompletionStage.class, CompletionException.class))))
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Thread.class)
                .check(CORE);
    }

    @Test
    void coreReadsNoClockButForTheBitsOfPlanIds() {
        noClasses()
                .that(not(idBits()))
                .should()
                .dependOnClassesThat()
                .areAssignableTo(Clock.class)
                .orShould()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(LocalDate.class, "now")
                .orShould()
                .callMethod(LocalDateTime.class, "now")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .check(CORE);
    }

    private static DescribedPredicate<HasName> idBits() {
        return nameStartingWith("io.ramet.plan.IdBits");
    }

    @Test
    void namesAreNounsOfTheDomain() {
        noClasses()
                .should()
                .haveNameMatching(".*(Utils?|Helper|Manager|Impl)")
                .orShould()
                .haveNameMatching(".*[.$](Default|Base|Abstract)[A-Z].*")
                .check(CORE);
    }
}
