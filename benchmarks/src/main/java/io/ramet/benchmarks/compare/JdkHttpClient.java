package io.ramet.benchmarks.compare;

import io.ramet.json.CloneBodies;
import io.ramet.plan.CloneChunk;
import io.ramet.plan.ClonePlan;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * The JDK's client with {@code sendAsync}, a semaphore for the requests in flight, and a pause of a second when
 * throttled.
 */
final class JdkHttpClient implements Competitor {

    private final Settings settings;
    private final WireCall wire;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();

    JdkHttpClient(Settings settings) {
        this.settings = settings;
        this.wire = new WireCall(settings);
    }

    @Override
    public void buy(ClonePlan plan, CallerView view) {
        CloneBodies bodies = wire.bodies(plan);
        Semaphore places = new Semaphore(settings.inFlight());
        for (CloneChunk chunk : plan) {
            places.acquireUninterruptibly();
            var unused = call(bodies.of(chunk)).whenComplete((ids, failure) -> {
                if (failure == null) {
                    view.deal(ids);
                }
                places.release();
            });
        }
        places.acquireUninterruptibly(settings.inFlight());
    }

    private CompletableFuture<List<String>> call(byte[] body) {
        return http.sendAsync(request(body), BodyHandlers.ofByteArray())
                .thenApply(this::read)
                .exceptionallyCompose(failure -> throttled(failure)
                        ? later().thenCompose(again -> call(body))
                        : CompletableFuture.failedFuture(failure));
    }

    private static CompletableFuture<Void> later() {
        return CompletableFuture.runAsync(() -> {}, CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS));
    }

    private HttpRequest request(byte[] body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(settings.uri().resolve("/"))
                .timeout(Duration.ofMillis(settings.timeoutMillis()))
                .POST(BodyPublishers.ofByteArray(body));
        wire.sign(body).forEach((name, value) -> {
            // The client itself sets Host to the same value.
            if (!name.equals("Host")) {
                request.setHeader(name, value);
            }
        });
        return request.build();
    }

    private List<String> read(HttpResponse<byte[]> response) {
        return wire.read(response.statusCode(), response.body());
    }

    private static boolean throttled(Throwable failure) {
        return WireCall.throttled(
                failure instanceof CompletionException wrapped && wrapped.getCause() != null
                        ? wrapped.getCause()
                        : failure);
    }

    @Override
    public void close() {
        // On JDK 17 there is nothing to close.
    }
}
