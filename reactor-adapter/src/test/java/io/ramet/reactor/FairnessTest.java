package io.ramet.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.plan.CloneChunk;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import io.ramet.reactor.observe.CloneObserver;
import io.ramet.reactor.shape.RequestShaper;
import io.ramet.sign.Credentials;
import io.ramet.sign.CredentialsProvider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

/** Plans against each other in one client, in virtual time: who is sent when. */
@Isolated
class FairnessTest {

    /** The share of the limit that one request uses: 1.05 s / 20. */
    private static final Duration TURN = Duration.ofNanos(52_500_000);

    private VirtualTimeScheduler time;
    private CloneClient client;
    private Duration responding = Duration.ofMillis(300);
    private final List<Sent> sent = new ArrayList<>();

    private record Sent(PlanId plan, long nanos) {}

    @BeforeEach
    public void start() {
        time = VirtualTimeScheduler.getOrSet();
    }

    @AfterEach
    public void stop() {
        client.disposeLater().subscribe();
        time.advanceTimeBy(Duration.ofMinutes(5));
        VirtualTimeScheduler.reset();
    }

    @ParameterizedTest
    @CsvSource({"40, 300", "40, 1900", "40, 2500", "1000, 300", "1000, 20000"})
    void aPlanOfOneChunkDoesNotWaitBehindAPlanOfAThousand(int maxInFlight, long responseMillis) {
        responding = Duration.ofMillis(responseMillis);
        client(maxInFlight);
        ClonePlan small = plan("small", 1);
        client.submit(plan("large", 1_000)).subscribe();
        time.advanceTimeBy(Duration.ofSeconds(30));
        long asked = now();
        client.submit(small).subscribe();
        time.advanceTimeBy(Duration.ofSeconds(10));
        Duration waited = Duration.ofNanos(of(small).get(0).nanos() - asked);
        System.out.println("one chunk beside a thousand, " + maxInFlight + " in flight, responds in " + responseMillis
                + " ms: sent after " + waited.toMillis() + " ms");
        // A place in flight, which goes to the large plan once more, then the same at the shaper, where one more is
        // connecting.
        assertThat(waited).isLessThanOrEqualTo(TURN.multipliedBy(6));
    }

    @Test
    void plansTakeTurnsOneRequestEach() {
        client(40);
        List<ClonePlan> plans = List.of(plan("a", 50), plan("b", 100), plan("c", 150), plan("d", 200));
        plans.forEach(plan -> client.submit(plan).subscribe());
        time.advanceTimeBy(Duration.ofMinutes(2));
        assertThat(sent).hasSize(500);
        // The first plan took all slots before the others came; once its first responses have arrived, all plans fare
        // alike.
        int from = sent.size() / 25;
        List<Integer> shares = new ArrayList<>();
        for (ClonePlan plan : plans) {
            shares.add((int) sent.subList(from, from + 4 * 36).stream()
                    .filter(one -> one.plan().equals(plan.id()))
                    .count());
        }
        assertThat(shares).allSatisfy(turns -> assertThat(turns).isBetween(35, 37));
        // And no permit is wasted: it takes no longer than one plan of all the chunks.
        assertThat(sent.get(499).nanos() - sent.get(0).nanos())
                .isLessThanOrEqualTo(TURN.multipliedBy(500).toNanos());
    }

    @Test
    void aHigherPriorityGoesFirstAndTheOthersContinueAfterIt() {
        client(40);
        ClonePlan patient = plan("patient", 200);
        ClonePlan urgent = plan("urgent", 60);
        client.submit(patient).subscribe();
        time.advanceTimeBy(Duration.ofSeconds(3));
        int before = sent.size();
        client.withPriority(1).submit(urgent).subscribe();
        time.advanceTimeBy(Duration.ofSeconds(30));
        List<Sent> urgently = of(urgent);
        assertThat(urgently).hasSize(60);
        int last = sent.indexOf(urgently.get(59));
        // Until its first requests have slots, the plans that have them continue.
        assertThat(last - before - 59).isLessThanOrEqualTo(8);
        assertThat(of(patient)).hasSize(200);
    }

    @Test
    void aPlanHasTheHighestPriorityOfItsSubscribers() {
        client(40);
        ClonePlan followed = plan("followed", 60);
        client.submit(plan("other", 200)).subscribe();
        client.submit(followed).subscribe();
        time.advanceTimeBy(Duration.ofSeconds(3));
        int before = sent.size();
        int of = of(followed).size();
        client.withPriority(7).clone(followed).subscribe();
        time.advanceTimeBy(Duration.ofSeconds(30));
        int last = sent.indexOf(of(followed).get(59));
        assertThat(last - before - (59 - of)).isLessThanOrEqualTo(8);
    }

    @Test
    void aPriorityThatRisesReachesTheRequestsThatWaitForAPermitAlready() {
        client(40);
        ClonePlan joined = plan("joined", 15);
        client.submit(joined).subscribe();
        client.withPriority(5).submit(plan("other", 400)).subscribe();
        time.advanceTimeBy(Duration.ofMillis(300));
        client.withPriority(7).clone(joined).subscribe();
        time.advanceTimeBy(TURN.multipliedBy(16));
        assertThat(of(joined)).hasSize(15);
    }

    @Test
    void aRequestThatIsCancelledWhileItQueuesAtTheShaperHoldsUpNoOther() {
        client(40);
        client.clone(plan("leaving", 200)).take(20).subscribe();
        time.advanceTimeBy(Duration.ofSeconds(10));
        int before = sent.size();
        client.submit(plan("staying", 40)).subscribe();
        time.advanceTimeBy(TURN.multipliedBy(41));
        assertThat(sent.size() - before).isGreaterThanOrEqualTo(40);
    }

    private void client(int maxInFlight) {
        Ledger server = new Ledger((call, books) ->
                call.flatMap(written -> Mono.delay(responding, time).map(tick -> Ledger.unrecorded(written))));
        client = CloneClient.builder()
                .region("ap-guangzhou")
                .credentials(CredentialsProvider.fixed(Credentials.of("id", "key")))
                .transport(server)
                .time(time, this::now)
                .shaper(RequestShaper.paced(20, RequestShaper.JITTER, time, this::now))
                .maxInFlight(maxInFlight)
                .maxInstances(Integer.MAX_VALUE)
                .random(new Random(1))
                .observer(new CloneObserver() {
                    @Override
                    public void sending(CloneChunk chunk, int attempt) {
                        sent.add(new Sent(chunk.planId(), now()));
                    }
                })
                .build();
    }

    private long now() {
        return time.now(TimeUnit.NANOSECONDS);
    }

    private List<Sent> of(ClonePlan plan) {
        return sent.stream().filter(one -> one.plan().equals(plan.id())).toList();
    }

    private static ClonePlan plan(String id, int chunks) {
        return Fixtures.plan(id, chunks * 30);
    }
}
