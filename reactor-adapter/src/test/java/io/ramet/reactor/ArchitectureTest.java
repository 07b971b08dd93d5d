package io.ramet.reactor;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The dependencies between modules and packages, and what main code must not do. */
class ArchitectureTest {

    private static final String ADAPTER = "io.ramet.reactor..";
    private static final JavaClasses ALL = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.ramet");
    private static final JavaClasses LIBRARY = ALL.that(resideOutsideOfPackage("io.ramet.simulator.."));
    private static final JavaClasses CORE = LIBRARY.that(resideOutsideOfPackage(ADAPTER));

    @Test
    void coreDependsOnTheJdkAndJacksonOnly() {
        noClasses()
                .should()
                .dependOnClassesThat(resideOutsideOfPackages(
                        "java..",
                        "javax..",
                        "io.ramet..",
                        "tools.jackson..",
                        "com.fasterxml.jackson..",
                        "org.jspecify.."))
                .check(CORE);
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(ADAPTER, "io.ramet.simulator..")
                .check(CORE);
    }

    @Test
    void onlyThePackageJsonImportsJackson() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.ramet.json..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("tools.jackson..", "com.fasterxml.jackson..")
                .check(LIBRARY);
    }

    @Test
    void theSimulatorTakesNothingFromTheLibrary() {
        noClasses()
                .should()
                .dependOnClassesThat(resideInAPackage("io.ramet..").and(resideOutsideOfPackage("io.ramet.simulator..")))
                .check(ALL.that(resideInAPackage("io.ramet.simulator..")));
    }

    @Test
    void onlyTheTransportAndTheShaperForRedisImportNetty() {
        noClasses()
                .that()
                .haveNameNotMatching(
                        "io\\.ramet\\.reactor\\.(transport\\.(ReactorNetty|ProxyExceptions|ExchangeFailure)|shape\\.redis\\.(UnloggedEncoder|RedisShaper)).*")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("reactor.netty..", "io.netty..")
                .check(LIBRARY);
    }

    @Test
    void theStoreysAreClientRunAndCall() {
        noClasses()
                .that()
                .resideInAnyPackage("io.ramet.reactor.run..", "io.ramet.reactor.call..", "io.ramet.reactor.observe..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.ramet.reactor")
                .check(LIBRARY);
        noClasses()
                .that()
                .resideOutsideOfPackages("io.ramet.reactor", "io.ramet.reactor.run..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.ramet.reactor.run..")
                .check(LIBRARY);
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        "io.ramet.reactor",
                        "io.ramet.reactor.run..",
                        "io.ramet.reactor.call..",
                        "io.ramet.reactor.lookup..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.ramet.reactor.call..")
                .check(LIBRARY);
    }

    @Test
    void lookUpsStandBesideTheRunsAndOnlyTheClientUsesThem() {
        noClasses()
                .that()
                .resideInAPackage("io.ramet.reactor.lookup..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.ramet.reactor", "io.ramet.reactor.run..", "io.ramet.reactor.shape..")
                .check(LIBRARY);
        noClasses()
                .that()
                .resideInAPackage(ADAPTER)
                .and()
                .resideOutsideOfPackages("io.ramet.reactor", "io.ramet.reactor.lookup..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.ramet.reactor.lookup..")
                .check(LIBRARY);
    }

    /** Nothing but an undo destroys: no other class can send these requests. */
    @Test
    void onlyAnUndoChangesInstances() {
        String undo = "io\\.ramet\\.reactor\\.lookup\\.(PlanUndo|InstanceUndo|ChangeActions)(\\$.*)?";
        noClasses()
                .that()
                .haveNameNotMatching(undo)
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("io.ramet.reactor.lookup.ChangeActions")
                .check(LIBRARY);
    }

    @Test
    void credentialsStandOnTheTransportAndNothingStandsOnThemButTheClient() {
        noClasses()
                .that()
                .resideInAPackage("io.ramet.reactor.credentials..")
                .should()
                .dependOnClassesThat(resideInAPackage(ADAPTER)
                        .and(resideOutsideOfPackages(
                                "io.ramet.reactor.credentials..",
                                "io.ramet.reactor.transport..",
                                "io.ramet.reactor.observe..")))
                .check(LIBRARY);
        noClasses()
                .that()
                .resideInAPackage(ADAPTER)
                .and()
                .resideOutsideOfPackages("io.ramet.reactor", "io.ramet.reactor.credentials..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.ramet.reactor.credentials..")
                .check(LIBRARY);
    }

    @Test
    void onlyThePackageShapeImportsBucket4j() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.ramet.reactor.shape..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.github.bucket4j..")
                .check(LIBRARY);
    }

    /** An optional dependency: an application that does not use this package does not need it. */
    @Test
    void onlyThePackageRedisImportsLettuceAndNoOtherPackageNeedsIt() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.ramet.reactor.shape.redis")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.lettuce..", "io.github.bucket4j.redis..", "io.ramet.reactor.shape.redis")
                .check(LIBRARY);
    }

    @Test
    void onlyTheMicrometerObserversImportMicrometer() {
        String observers = "io\\.ramet\\.reactor\\.observe\\.(Micrometer|Meters|Observations|CloneObservation)(\\$.*)?";
        noClasses()
                .that()
                .haveNameNotMatching(observers)
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.micrometer..")
                .orShould()
                .dependOnClassesThat()
                .haveNameMatching(observers)
                .check(LIBRARY);
    }

    @Test
    void thePartsOfTheClientDoNotKnowTheClient() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "io.ramet.reactor.journal..",
                        "io.ramet.reactor.transport..",
                        "io.ramet.reactor.shape..",
                        "io.ramet.reactor.observe..",
                        "io.ramet.reactor.credentials..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.ramet.reactor")
                .check(LIBRARY);
        noClasses()
                .that()
                .resideInAPackage("io.ramet.reactor.concurrent..")
                .should()
                .dependOnClassesThat(
                        resideInAPackage("io.ramet..").and(resideOutsideOfPackage("io.ramet.reactor.concurrent..")))
                .check(LIBRARY);
    }

    @Test
    void nothingBlocksButClose() {
        noClasses()
                .should()
                .accessTargetWhere(targetMatches("java\\.lang\\.Thread\\.(sleep|join)\\(.*"
                                + "|java\\.util\\.concurrent\\.\\w*Future\\.(get|join)\\(.*"
                                + "|java\\.util\\.concurrent\\.CountDownLatch\\.await\\(.*"
                                + "|reactor\\.core\\.publisher\\.(Mono|Flux)\\.(block|toIterable|toStream)\\w*\\(.*")
                        .and(notFrom("io.ramet.reactor.concurrent.AsyncCloseable.close()")))
                .check(LIBRARY);
    }

    /**
     * In Reactor 3.8.8, {@code concatWith} loses a request, or passes it on twice, that comes while it switches from an
     * empty first part to the second: a stream then stands still. {@code Flux.concat(Flux.just(…))} does not.
     */
    @Test
    void streamsAreNotConcatenatedByAnOperatorThatLosesRequests() {
        noClasses()
                .should()
                .accessTargetWhere(
                        targetMatches(
                                "reactor\\.core\\.publisher\\.(Mono|Flux)\\.(concatWith\\w*|startWith)\\(.*"
                                        + "|reactor\\.core\\.publisher\\.Flux\\.concat\\w*\\(\\[Lorg\\.reactivestreams\\.Publisher;\\)"))
                .check(LIBRARY);
    }

    @Test
    void timeComesFromTheBuilder() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName("io.ramet.reactor.CloneClientBuilder")
                .and()
                .doNotHaveFullyQualifiedName("io.ramet.reactor.shape.RequestShaper")
                .and()
                .doNotHaveFullyQualifiedName("io.ramet.reactor.shape.SharedShaper$Builder")
                .and()
                .doNotHaveFullyQualifiedName("io.ramet.reactor.journal.CloneJournal")
                .and()
                .doNotHaveFullyQualifiedName("io.ramet.reactor.journal.JdbcJournalBuilder")
                .and()
                .doNotHaveFullyQualifiedName("io.ramet.reactor.credentials.RefreshingCredentialsBuilder")
                .and()
                .doNotHaveFullyQualifiedName("io.ramet.reactor.credentials.CredentialsSourcesBuilder")
                .and()
                // Ages of real connections. Netty's own ticker is not there before Netty 4.2.
                .doNotHaveFullyQualifiedName("io.ramet.reactor.transport.ReactorNettyTransport")
                .and()
                // The time is a part of what is hashed into an id.
                .doNotHaveFullyQualifiedName("io.ramet.plan.IdBits")
                .should()
                .accessTargetWhere(targetMatches("java\\.lang\\.System\\.(nanoTime|currentTimeMillis)\\(.*"
                        // Milliseconds of the wall clock, or nanoseconds of another one, as the unit will have it.
                        + "|reactor\\.core\\.scheduler\\.\\w+\\.now\\(.*"
                        + "|java\\.time\\.Clock\\.(system|tick)\\w*\\(.*"
                        + "|java\\.time\\.\\w+\\.now\\(.*"))
                .check(LIBRARY);
    }

    @Test
    void namesSayWhatThingsAre() {
        noClasses()
                .should()
                .haveNameMatching(".*[.$](\\w*(Utils?|Helpers?|Manager|Impl)|(Base|Default|Abstract)[A-Z]\\w*)")
                .check(ALL);
    }

    @Test
    void nothingLogsPastSlf4j() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.util.logging..")
                .check(ALL);
        NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.check(ALL);
    }

    /** Calls and method references alike. */
    private static DescribedPredicate<JavaAccess<?>> targetMatches(String fullName) {
        Pattern pattern = Pattern.compile(fullName);
        return DescribedPredicate.describe(
                "target matches " + fullName,
                access -> pattern.matcher(access.getTarget().getFullName()).matches());
    }

    private static DescribedPredicate<JavaAccess<?>> notFrom(String fullName) {
        return DescribedPredicate.describe(
                "origin is not " + fullName,
                access -> !access.getOrigin().getFullName().equals(fullName));
    }
}
