package io.ramet.reactor;

import static io.ramet.reactor.Fixtures.PATIENCE;

import io.ramet.outcome.ChunkOutcome;
import io.ramet.plan.ClonePlan;
import io.ramet.sign.Credentials;
import io.ramet.sign.CredentialsProvider;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.opentest4j.TestAbortedException;
import org.reactivestreams.Publisher;
import org.reactivestreams.tck.PublisherVerification;
import org.reactivestreams.tck.TestEnvironment;
import org.testng.SkipException;
import org.testng.annotations.Test;
import reactor.core.publisher.Flux;

/** The rules of Reactive Streams, by their own kit, on what the client publishes. */
@Tag("slow")
@Tag("once")
class ReactiveStreamsTest {

    private static final int MOST_ELEMENTS = 100;

    private static CloneClient client;
    private static CloneClient closed;

    @BeforeAll
    public static void open() {
        client = client();
        closed = client();
        closed.close();
    }

    @AfterAll
    public static void close() {
        client.disposeLater().block(PATIENCE);
    }

    @TestFactory
    Stream<DynamicTest> outcomesKeepTheRules() {
        return rules(() -> new Rules<ChunkOutcome>(CloneClient::clone));
    }

    @TestFactory
    Stream<DynamicTest> dealsKeepTheRules() {
        return rules(() -> new Rules<>(CloneClient::cloneDeals));
    }

    private static CloneClient client() {
        Ledger ledger = new Ledger((call, books) -> call.map(books::deal));
        return CloneClient.builder()
                .region("ap-guangzhou")
                .credentials(CredentialsProvider.fixed(Credentials.of("id", "key")))
                .transport(ledger)
                .shaper(new UnlimitedShaper())
                .maxInstances(Integer.MAX_VALUE)
                // The kit measures in milliseconds; look-ups have a limit of their own.
                .auditFor(Duration.ZERO)
                .build();
    }

    private static Stream<DynamicTest> rules(Supplier<PublisherVerification<?>> verification) {
        return Arrays.stream(PublisherVerification.class.getMethods())
                .filter(method -> method.isAnnotationPresent(Test.class))
                .sorted(Comparator.comparing(Method::getName))
                .map(method -> DynamicTest.dynamicTest(method.getName(), () -> check(verification.get(), method)));
    }

    private static void check(PublisherVerification<?> verification, Method rule) throws Throwable {
        verification.setUp();
        try {
            rule.invoke(verification);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof SkipException skipped) {
                throw new TestAbortedException(skipped.getMessage());
            }
            throw e.getCause();
        }
    }

    private static final class Rules<T> extends PublisherVerification<T> {

        private final BiFunction<CloneClient, ClonePlan, Flux<T>> published;

        Rules(BiFunction<CloneClient, ClonePlan, Flux<T>> published) {
            // Milliseconds: for a signal, for the absence of one, and before a reference must be collected.
            super(new TestEnvironment(2_000, 200), 2_000);
            this.published = published;
        }

        @Override
        public Publisher<T> createPublisher(long elements) {
            // A plan has at least one chunk: an empty stream is one that has been read already.
            Flux<T> all = published.apply(client, plan(Math.max(1, elements)));
            return elements == 0 ? all.skip(1) : all;
        }

        @Override
        public Publisher<T> createFailedPublisher() {
            return published.apply(closed, plan(1));
        }

        @Override
        public long maxElementsFromPublisher() {
            return MOST_ELEMENTS;
        }

        private static ClonePlan plan(long chunks) {
            return ClonePlan.of(Fixtures.request((int) chunks * 30).build());
        }
    }
}
