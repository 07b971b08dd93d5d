package io.ramet.reactor;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import reactor.blockhound.BlockingOperationError;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** I8 is held by BlockHound in every test of this module; this one sees that it bites. */
class BlockingTest {

    @Test
    void blockingAnEventLoopIsCaught() {
        Mono<String> blocking = Mono.fromCallable(() -> {
                    new java.util.concurrent.Semaphore(0).acquire();
                    return "unreachable";
                })
                .subscribeOn(Schedulers.parallel());
        assertThatThrownBy(() -> blocking.block(Duration.ofSeconds(5)))
                .hasCauseInstanceOf(BlockingOperationError.class);
    }
}
