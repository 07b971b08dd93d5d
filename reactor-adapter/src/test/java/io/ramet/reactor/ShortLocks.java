package io.ramet.reactor;

import java.util.List;
import java.util.concurrent.ThreadPoolExecutor;
import reactor.blockhound.BlockHound;
import reactor.blockhound.integration.BlockHoundIntegration;

/**
 * Locks that Netty, Reactor and the JDK hold for a moment. BlockHound's error in the middle of taking one leaves it
 * without an owner and never free again, so everything that needs it hangs.
 */
public final class ShortLocks implements BlockHoundIntegration {

    /** Reactor itself allows it for one-shot tasks. */
    private static final List<String> PERIODIC_TASKS =
            List.of("PeriodicSchedulerTask", "PeriodicWorkerTask", "InstantPeriodicWorkerTask");

    private static final String TCK_SUBSCRIBER = "org.reactivestreams.tck.TestEnvironment$Receptacle";

    @Override
    public void applyTo(BlockHound.Builder builder) {
        // Event loops that start together.
        builder.allowBlockingCallsInside("io.netty.buffer.AdaptivePoolingAllocator", "allocate");
        // A cancelled task is taken out of its queue.
        PERIODIC_TASKS.forEach(task -> builder.allowBlockingCallsInside("reactor.core.scheduler." + task, "dispose"));
        // A task starts its thread, while another of the pool ends.
        builder.allowBlockingCallsInside(ThreadPoolExecutor.class.getName(), "addWorker");
        // The kit's subscribers put each signal into a queue, whose reader would wait for one that was cut off.
        List.of("add", "complete").forEach(signal -> builder.allowBlockingCallsInside(TCK_SUBSCRIBER, signal));
    }
}
