package io.ramet.reactor.concurrent;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;
import org.slf4j.LoggerFactory;
import reactor.core.scheduler.Schedulers;

@Isolated
class DrainLoopTest {

    private final AtomicInteger taken = new AtomicInteger();
    private final Deque<Runnable> steps = new ArrayDeque<>();
    private final DrainLoop loop = new DrainLoop(steps::poll);

    @Test
    void aStepThatFailsHoldsUpNoneOfThoseAfterIt() {
        for (Throwable failure : List.of(new NoClassDefFoundError("test"), new IllegalStateException("test"))) {
            steps.add(() -> {
                throw sneaky(failure);
            });
            steps.add(taken::incrementAndGet);
        }
        loop.run();
        assertThat(taken).hasValue(2);
        steps.add(taken::incrementAndGet);
        loop.run();
        assertThat(taken).hasValue(3);
    }

    @Test
    void aLoopThatFindsNoNextStepLooksAgainWhenItIsCalledAgain() {
        AtomicInteger failures = new AtomicInteger(1);
        DrainLoop failing = new DrainLoop(() -> {
            if (failures.getAndDecrement() > 0) {
                throw new IllegalStateException("test");
            }
            return steps.poll();
        });
        steps.add(taken::incrementAndGet);
        failing.run();
        assertThat(taken).hasValue(0);
        failing.run();
        assertThat(taken).hasValue(1);
    }

    @Test
    @Timeout(30)
    void aThreadIsNotHeldByTheStepsOfOthers() throws InterruptedException {
        int most = 1_000_000;
        AtomicBoolean left = new AtomicBoolean();
        CountDownLatch ended = new CountDownLatch(1);
        DrainLoop endless = new DrainLoop(() -> {
            if (left.get() || taken.get() == most) {
                ended.countDown();
                return null;
            }
            return taken::incrementAndGet;
        });
        endless.run();
        int atLeaving = taken.get();
        left.set(true);
        assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(atLeaving).isBetween(1, most - 1);
    }

    /** Here the other thread never begins. */
    @Test
    void aThreadWhoseStepsAreTakenOverTakesNoMore() {
        for (int i = 0; i < 3_000; i++) {
            steps.add(taken::incrementAndGet);
        }
        List<Runnable> waiting = new ArrayList<>();
        Thread here = Thread.currentThread();
        Schedulers.onScheduleHook("test", task -> {
            if (Thread.currentThread() != here) {
                return task;
            }
            waiting.add(task);
            return () -> {};
        });
        try {
            loop.run();
        } finally {
            Schedulers.resetOnScheduleHook("test");
        }
        assertThat(taken).hasValue(1_000);
        assertThat(waiting).hasSize(1);
    }

    /** A step that is added while another thread takes over is not lost. */
    @Test
    @Timeout(60)
    void noStepIsLostWhenAnotherThreadTakesOver() throws InterruptedException {
        Queue<Runnable> shared = new ConcurrentLinkedQueue<>();
        DrainLoop busy = new DrainLoop(shared::poll);
        int each = 50_000;
        CountDownLatch all = new CountDownLatch(4 * each);
        List<Thread> threads = Stream.generate(() -> new Thread(() -> {
                    for (int i = 0; i < each; i++) {
                        shared.add(all::countDown);
                        busy.run();
                    }
                }))
                .limit(4)
                .toList();
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(all.await(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aFailureIsLoggedAndALogThatFailsHoldsUpNoStep() {
        List<String> logged = new ArrayList<>();
        Logger logger = (Logger) LoggerFactory.getLogger(DrainLoop.class);
        AppenderBase<ILoggingEvent> failing = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                logged.add(event.getFormattedMessage());
                throw new NoClassDefFoundError("test");
            }
        };
        failing.setContext(logger.getLoggerContext());
        failing.start();
        logger.addAppender(failing);
        try {
            steps.add(() -> {
                throw new IllegalStateException("test");
            });
            steps.add(taken::incrementAndGet);
            loop.run();
            new DrainLoop(() -> {
                        throw new IllegalStateException("test");
                    })
                    .run();
        } finally {
            logger.detachAppender(failing);
        }
        assertThat(taken).hasValue(1);
        assertThat(logged).containsExactly("a step has failed", "the next step could not be found");
    }

    /** The loop begins at every depth of the stack at which it, its step or its log can overflow. */
    @Test
    @Tag("slow")
    @Tag("once")
    @Timeout(60)
    void aStackOverflowDoesNotEndALoop() throws InterruptedException {
        AtomicInteger overflows = new AtomicInteger();
        AtomicInteger dead = new AtomicInteger();
        Thread deep = new Thread(
                null,
                () -> {
                    for (int depth = 0; overflows.get() < 200; depth++) {
                        AtomicBoolean took = new AtomicBoolean();
                        Deque<Runnable> one = new ArrayDeque<>();
                        DrainLoop overflowing = new DrainLoop(one::poll);
                        one.add(() -> {
                            below(60, () -> {});
                            took.set(true);
                        });
                        try {
                            below(depth, overflowing::run);
                        } catch (StackOverflowError e) {
                            took.set(false);
                        }
                        if (!took.get()) {
                            overflows.incrementAndGet();
                            one.add(() -> took.set(true));
                            overflowing.run();
                            dead.addAndGet(took.get() ? 0 : 1);
                        }
                    }
                },
                "deep",
                256 * 1024);
        deep.start();
        deep.join();
        assertThat(overflows).hasValue(200);
        assertThat(dead).hasValue(0);
    }

    @Test
    @Timeout(30)
    void aLoopWhoseNextThreadCannotStartGoesOnWithThisOne() {
        for (int i = 0; i < 3_000; i++) {
            steps.add(taken::incrementAndGet);
        }
        Schedulers.onScheduleHook("test", task -> {
            throw new Error("unable to create native thread");
        });
        try {
            loop.run();
        } finally {
            Schedulers.resetOnScheduleHook("test");
        }
        assertThat(taken).hasValue(3_000);
    }

    private static void below(int depth, Runnable what) {
        if (depth == 0) {
            what.run();
        } else {
            below(depth - 1, what);
        }
    }

    private static RuntimeException sneaky(Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        return (RuntimeException) failure;
    }
}
