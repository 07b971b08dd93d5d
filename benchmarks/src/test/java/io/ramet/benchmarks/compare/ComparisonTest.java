package io.ramet.benchmarks.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.benchmarks.compare.ServerProcess.Account;
import io.ramet.benchmarks.compare.ServerProcess.Kind;
import io.ramet.benchmarks.compare.ServerProcess.Spec;
import io.ramet.simulator.Simulator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each competitor buys once and reports what it bought; the processes find each other. Says nothing about speed. */
class ComparisonTest {

    private static final int INSTANCES = 120;

    @ParameterizedTest
    @EnumSource
    void everyCompetitorBuysWhatIsRequestedAndReportsAllOfIt(Client client) {
        try (Simulator simulator = ServerProcess.simulator(new Spec(Kind.UNLIMITED, 0, 0))) {
            CallerView view = buy(client, simulator, false, 10_000);
            Account account = ServerProcess.account(simulator.books());

            assertThat(account.calls()).isEqualTo(4);
            assertThat(account.boughtTwice()).isZero();
            assertThat(view.ids()).hasSize(INSTANCES).containsExactlyInAnyOrderElementsOf(account.ids());
        }
    }

    @Test
    void throughFaultsRametReportsOrDoubtsAllThatItBoughtAndBuysNothingTwice() {
        try (Simulator simulator = ServerProcess.simulator(new Spec(Kind.FAULTY, 0, 5))) {
            CallerView view = buy(Client.RAMET_MEMORY, simulator, true, 500);
            Account account = ServerProcess.account(simulator.books());
            Set<String> lost = new HashSet<>(account.ids());
            view.ids().forEach(lost::remove);

            assertThat(account.boughtTwice()).isZero();
            assertThat(lost).hasSizeLessThanOrEqualTo((int) view.instancesInDoubt());
        }
    }

    @Test
    void theTwoProcessesOfAPacedMeasurementAgree() {
        var pace = new Comparison(Profile.SHORT).pace(Client.RAMET, INSTANCES);

        assertThat(pace.calls()).isEqualTo(4);
        assertThat(pace.throttled()).isZero();
        assertThat(pace.liveHeapBytes()).isPositive();
    }

    @ParameterizedTest
    @EnumSource(FirstDeal.Starter.class)
    @Tag("soak")
    void bothProgramsForTheColdStartBuy(FirstDeal.Starter starter) {
        try (ChildProcess server = Experiment.bareServer(1)) {
            assertThat(Experiment.coldStart(starter, Experiment.uri(server), List.of()))
                    .isPositive();
        }
    }

    @Test
    @Tag("soak")
    void theFirstRequestsOfAColdJvmAreTimed() {
        var rows = new SpeedComparison(Profile.SHORT).firstRequests(List.of(Client.RAMET_MEMORY));

        assertThat(rows)
                .singleElement()
                .satisfies(row -> assertThat(row.millis()).hasSize(34).isSorted());
    }

    @Test
    @Tag("soak")
    void theHeapDoesNotGrowWithThePlansThatAClientHasFinished() {
        try (BareServer server = new BareServer(30)) {
            List<Long> heap = MemoryRun.run("http://127.0.0.1:" + server.port(), 80, 5, 4);

            assertThat(heap.get(3)).as("%s", heap).isLessThan(heap.get(1) + 500_000);
        }
    }

    private static CallerView buy(Client client, Simulator simulator, boolean limited, int timeoutMillis) {
        CallerView view = new CallerView(true);
        Settings settings = new Settings(simulator.uri().toString(), 2, limited, timeoutMillis);
        try (Competitor competitor = client.open(settings)) {
            competitor.buy(Fixtures.plan(INSTANCES, false), view);
        }
        return view;
    }
}
