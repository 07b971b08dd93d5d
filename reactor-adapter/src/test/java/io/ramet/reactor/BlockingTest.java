package io.ramet.reactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ramet.model.CloneRequest;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import reactor.blockhound.BlockingOperationError;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** I8 is kept by BlockHound in every test of this module; the first test here shows that it notices. */
class BlockingTest {

    @Test
    void blockingAnEventLoopIsCaught() {
        assertThatThrownBy(() -> onAnEventLoop(() -> {
                    new java.util.concurrent.Semaphore(0).acquire();
                    return "unreachable";
                }))
                .hasCauseInstanceOf(BlockingOperationError.class);
    }

    @Test
    void plansAreMadeOnAnEventLoop() {
        CloneRequest request = Fixtures.request(30).build();

        // More than fit into any buffer of random bytes.
        assertThat(onAnEventLoop(() -> Stream.generate(() -> ClonePlan.of(request))
                        .limit(10_000)
                        .map(ClonePlan::id)
                        .distinct()
                        .toList()))
                .hasSize(10_000)
                .allMatch(id -> id.value().matches("[0-9a-z]{12}"));
    }

    @Test
    void theFirstPlanOfAProcessIsMadeOnAnEventLoop() throws Exception {
        URL core = PlanId.class.getProtectionDomain().getCodeSource().getLocation();
        try (URLClassLoader fresh = new URLClassLoader(new URL[] {core}, ClassLoader.getPlatformClassLoader())) {
            assertThat(onAnEventLoop(() -> Class.forName("io.ramet.plan.IdBits", true, fresh)))
                    .satisfies(loaded -> assertThat(loaded.getClassLoader()).isSameAs(fresh));
        }
    }

    private static <T> T onAnEventLoop(Callable<T> work) {
        return Mono.fromCallable(work).subscribeOn(Schedulers.parallel()).block(Duration.ofSeconds(20));
    }
}
