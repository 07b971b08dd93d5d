package io.ramet.reactor;

import io.ramet.model.UndoOutcome;
import io.ramet.plan.PlanId;
import io.ramet.reactor.KilledBuyer.Order;
import io.ramet.reactor.KilledBuyer.Point;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.reactor.journal.PlanBusyException;
import io.ramet.reactor.lookup.UndoConfirmation;
import io.ramet.reactor.transport.ApiRequest;
import io.ramet.reactor.transport.ApiResponse;
import io.ramet.reactor.transport.ApiTransport;
import io.ramet.reactor.transport.ReactorNettyTransport;
import io.ramet.sign.Credentials;
import io.ramet.sign.CredentialsProvider;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/** A process that undoes a plan, prints each step to standard output, and can be killed at any of them. */
final class KilledUndo {

    private final Point freezeAt;
    private final Map<String, Integer> steps = new HashMap<>();

    private KilledUndo(Point freezeAt) {
        this.freezeAt = freezeAt;
    }

    /** The last argument is the number of instances that is confirmed; the others are those of a buyer. */
    public static void main(String... arguments) {
        Order order = Order.of(arguments);
        new KilledUndo(order.freezeAt()).undo(order, Integer.parseInt(arguments[arguments.length - 1]));
    }

    private void undo(Order order, int instances) {
        PlanId plan = PlanId.of(order.plan());
        try (CloneJournal journal = CloneJournal.jdbcBuilder(KilledBuyer.file(order.journal()))
                        .lease(KilledBuyer.LEASE)
                        .build();
                CloneClient client = CloneClient.builder()
                        .region(Fixtures.REGION)
                        .endpoint(order.server())
                        .credentials(CredentialsProvider.fixed(Credentials.of(order.secretId(), order.secretKey())))
                        .transport(settings ->
                                new Reporting(ReactorNettyTransport.plain().open(settings)))
                        .journal(journal)
                        .build()) {
            client.undo(plan, UndoConfirmation.of(plan, instances))
                    .retryWhen(
                            Retry.fixedDelay(200, Duration.ofMillis(100)).filter(PlanBusyException.class::isInstance))
                    .doOnNext(outcome -> report(reported(outcome)))
                    .blockLast(Duration.ofMinutes(1));
            report("done");
        }
    }

    private static String reported(UndoOutcome outcome) {
        return "reported: " + outcome.instanceId() + " " + outcome.result();
    }

    /** A thread that reaches the last step stays there, and so does every thread after it. */
    private synchronized void report(String step) {
        System.out.print(ChildJvm.STEP + step + "\n");
        System.out.flush();
        String kind = kindOf(step);
        if (steps.merge(kind, 1, Integer::sum) == freezeAt.n() && kind.equals(freezeAt.kind())) {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    static String kindOf(String step) {
        return step.replaceAll(":.*", "");
    }

    /** A request is begun when its record is durable and no byte of it is written. */
    private final class Reporting implements ApiTransport {
        private final ApiTransport passed;

        Reporting(ApiTransport passed) {
            this.passed = passed;
        }

        @Override
        public Mono<ApiResponse> exchange(Mono<ApiRequest> request) {
            return Mono.defer(() -> {
                report("begun");
                return passed.exchange(request).doOnNext(response -> report("responded"));
            });
        }

        @Override
        public Mono<Void> disposeLater() {
            return passed.disposeLater();
        }
    }
}
