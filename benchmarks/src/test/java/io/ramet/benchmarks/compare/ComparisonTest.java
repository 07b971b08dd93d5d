package io.ramet.benchmarks.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.benchmarks.compare.ServerProcess.Account;
import io.ramet.benchmarks.compare.ServerProcess.Kind;
import io.ramet.benchmarks.compare.ServerProcess.Spec;
import io.ramet.simulator.Simulator;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each contender buys once, and what it did is right; processes find each other. Says nothing about speed. */
class ComparisonTest {

    private static final int INSTANCES = 120;

    @ParameterizedTest
    @EnumSource
    void everyContenderBuysWhatIsAskedForAndIsToldAllOfIt(Client client) {
        try (Simulator simulator = ServerProcess.simulator(new Spec(Kind.UNLIMITED, 0, 0))) {
            CallerView told = buy(client, simulator, false, 10_000);
            Account account = ServerProcess.account(simulator.books());

            assertThat(account.calls()).isEqualTo(4);
            assertThat(account.boughtTwice()).isZero();
            assertThat(told.ids()).hasSize(INSTANCES).containsExactlyInAnyOrderElementsOf(account.ids());
        }
    }

    @Test
    void rametTellsOrDoubtsAllThatItBoughtThroughFaultsAndBuysNothingTwice() {
        try (Simulator simulator = ServerProcess.simulator(new Spec(Kind.FAULTY, 0, 5))) {
            CallerView told = buy(Client.RAMET_MEMORY, simulator, true, 500);
            Account account = ServerProcess.account(simulator.books());
            Set<String> lost = new HashSet<>(account.ids());
            told.ids().forEach(lost::remove);

            assertThat(account.boughtTwice()).isZero();
            assertThat(lost).hasSizeLessThanOrEqualTo((int) told.instancesInDoubt());
        }
    }

    @Test
    void theTwoProcessesOfAMeasurementAgree() {
        var pace = new Comparison(Profile.SHORT).pace(Client.RAMET, INSTANCES);

        assertThat(pace.calls()).isEqualTo(4);
        assertThat(pace.throttled()).isZero();
        assertThat(pace.liveHeapBytes()).isPositive();
    }

    @ParameterizedTest
    @EnumSource(FirstDeal.Starter.class)
    void bothProgramsForTheColdStartBuy(FirstDeal.Starter starter) {
        try (ChildProcess server = Experiment.bareServer(1)) {
            assertThat(Experiment.coldStart(starter, Experiment.uri(server), java.util.List.of()))
                    .isPositive();
        }
    }

    private static CallerView buy(Client client, Simulator simulator, boolean limited, int timeoutMillis) {
        CallerView told = new CallerView(true);
        Settings settings = new Settings(simulator.uri().toString(), 2, limited, timeoutMillis);
        try (Competitor contender = client.open(settings)) {
            contender.buy(Fixtures.plan(INSTANCES, false), told);
        }
        return told;
    }
}
