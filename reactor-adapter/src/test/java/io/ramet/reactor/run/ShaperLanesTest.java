package io.ramet.reactor.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.reactor.shape.RequestShaper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

class ShaperLanesTest {

    private final List<Duration> pauses = new ArrayList<>();
    /** One for each request that queues at the shaper: completed when its permit is near. */
    private final List<Sinks.Empty<Void>> near = new ArrayList<>();

    private final List<String> order = new ArrayList<>();

    private boolean failing;

    private final ShaperLanes lanes = new ShaperLanes(new RequestShaper() {
        @Override
        public <T> Mono<T> shape(Function<Mono<Permit>, Mono<T>> exchange) {
            if (failing) {
                failing = false;
                throw new NoClassDefFoundError("test");
            }
            Sinks.Empty<Void> sink = Sinks.empty();
            near.add(sink);
            return sink.asMono().then(Mono.defer(() -> exchange.apply(Mono.never())));
        }

        @Override
        public void pause(Duration time) {
            pauses.add(time);
        }
    });

    @Test
    void aPauseOfOnePlanPausesTheShaper() {
        lanes.lane(() -> 0).pause(Duration.ofSeconds(1));
        assertThat(pauses).containsExactly(Duration.ofSeconds(1));
    }

    @Test
    void theNextRequestQueuesAsSoonAsThePermitOfTheOneBeforeIsNear() {
        RequestShaper lane = lanes.lane(() -> 0);
        request(lane);
        request(lane);
        assertThat(near).hasSize(1);
        near.get(0).tryEmitEmpty();
        assertThat(near).as("though the first has no response yet").hasSize(2);
    }

    @Test
    void aRequestThatIsCancelledBeforeItQueuesHoldsUpNoOtherOfItsPlanOrOfAnother() {
        RequestShaper first = lanes.lane(() -> 0);
        RequestShaper second = lanes.lane(() -> 0);
        request(first);
        request(second).dispose();
        Disposable leaving = request(first);
        request(first);
        leaving.dispose();
        near.get(0).tryEmitEmpty();
        assertThat(near).hasSize(2);
        near.get(1).tryEmitEmpty();
        assertThat(near).as("no other waits").hasSize(2);
        request(second);
        assertThat(near).hasSize(3);
    }

    @Test
    void anErrorBeforeARequestQueuesHoldsUpNoOther() {
        RequestShaper lane = lanes.lane(() -> 0);
        failing = true;
        request(lane);
        request(lane);
        assertThat(near).hasSize(1);
    }

    @Test
    void theRequestsThatWaitInOneLaneFollowEachOther() {
        RequestShaper lane = lanes.lane(() -> 0);
        for (int i = 0; i < 4; i++) {
            request(lane);
        }
        for (int i = 0; i < 4; i++) {
            near.get(i).tryEmitEmpty();
        }
        assertThat(near).hasSize(4);
    }

    @Test
    void thePlanOfTheHighestPriorityGoesFirst() {
        request(lanes.lane(() -> 0), "first");
        request(lanes.lane(() -> 1), "low");
        request(lanes.lane(() -> 2), "high");
        for (int i = 0; i < 3; i++) {
            near.get(i).tryEmitEmpty();
        }
        assertThat(order).containsExactly("first", "high", "low");
    }

    @Test
    void aPlanWhosePriorityRisesGoesBeforeThoseThatWaitAlready() {
        AtomicInteger priority = new AtomicInteger();
        ShaperLanes.Lane rising = lanes.lane(priority::get);
        // None of its requests waits yet.
        rising.reorder();
        request(lanes.lane(() -> 0), "first");
        request(lanes.lane(() -> 1), "low");
        request(rising, "rising");
        priority.set(2);
        rising.reorder();
        for (int i = 0; i < 3; i++) {
            near.get(i).tryEmitEmpty();
        }
        assertThat(order).containsExactly("first", "rising", "low");
    }

    private void request(RequestShaper lane, String name) {
        lane.shape(permit -> {
                    order.add(name);
                    return permit.then(Mono.<Void>empty());
                })
                .subscribe();
    }

    private static Disposable request(RequestShaper lane) {
        return lane.shape(permit -> permit.then(Mono.<Void>empty())).subscribe();
    }
}
