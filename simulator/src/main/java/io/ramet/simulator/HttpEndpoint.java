package io.ramet.simulator;

import io.netty.handler.codec.http.HttpHeaders;
import java.io.ByteArrayOutputStream;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/**
 * Runs one HTTP exchange: admits the request, reads it, handles it, and ends the exchange as its fault demands. The
 * event loop only reads and writes. Any other work there would delay the arrivals of other connections, which would
 * then come in bursts.
 */
final class HttpEndpoint {

    private static final Logger LOG = LoggerFactory.getLogger(HttpEndpoint.class);
    private static final int GREATEST_KEPT_BODY = 10 * 1024 * 1024 + 1;

    private final RequestIntake intake;
    private final CloudApi api;
    private final ResponseWriter writer;
    private final Books books;
    private final Scheduler workers;

    HttpEndpoint(RequestIntake intake, CloudApi api, ResponseWriter writer, Books books, Scheduler workers) {
        this.intake = intake;
        this.api = api;
        this.writer = writer;
        this.books = books;
        this.workers = workers;
    }

    Publisher<Void> exchange(HttpServerRequest request, HttpServerResponse response) {
        HttpHeaders headers = request.requestHeaders();
        String action = headers.get("X-TC-Action", "");
        boolean complete =
                CloudApi.hasCommonHeaders(action, headers.get("X-TC-Version", ""), headers.get("X-TC-Timestamp", ""));
        Admission admission = intake.admit(action, complete);
        Scheduler loop = loopOf(request);
        if (admission.fault().endsAfterHeaders()) {
            log(admission, "dropped after its head");
            return writer.end(response, admission, "", loop);
        }
        return request.receive()
                .asByteArray()
                .collect(ByteArrayOutputStream::new, HttpEndpoint::keep)
                .publishOn(workers)
                .map(body -> new ApiRequest(request.method().name(), request.uri(), headers, body.toByteArray()))
                .map(received -> handle(received, admission))
                .publishOn(loop)
                .flatMap(body -> writer.end(response, admission, body, loop));
    }

    private static Scheduler loopOf(HttpServerRequest request) {
        AtomicReference<Scheduler> loop = new AtomicReference<>();
        request.withConnection(connection ->
                loop.set(Schedulers.fromExecutorService(connection.channel().eventLoop())));
        return Objects.requireNonNull(loop.get(), "the request has no connection");
    }

    /** Keeps at most one byte more of a body than is allowed, which shows that the body is too large. */
    private static void keep(ByteArrayOutputStream body, byte[] part) {
        body.write(part, 0, Math.min(part.length, GREATEST_KEPT_BODY - body.size()));
    }

    /** The body of the response; empty if the request is not executed. */
    private String handle(ApiRequest request, Admission admission) {
        Fault fault = admission.fault();
        if (fault.ending() instanceof Ending.Refuse refuse) {
            if (fault.executes()) {
                executeUnseen(request, admission);
            }
            return refuse(admission, new ApiError(refuse.code(), "Simulated: " + refuse.code()));
        }
        if (!fault.executes()) {
            log(admission, "not executed");
            return "";
        }
        try {
            String body = execute(request, admission);
            log(admission, "executed");
            return body;
        } catch (ApiError error) {
            return refuse(admission, error);
        }
    }

    private String refuse(Admission admission, ApiError error) {
        books.refused(error.code());
        log(admission, error.code());
        return Envelope.error(error.code(), error.text(), admission.arrival().requestId());
    }

    /** Hides the result of the request, even its refusal, because the fault decides the response. */
    private void executeUnseen(ApiRequest request, Admission admission) {
        try {
            execute(request, admission);
        } catch (ApiError hidden) {
            LOG.trace("{} hidden: {}", admission.arrival().requestId(), hidden.code());
        }
    }

    private String execute(ApiRequest request, Admission admission) {
        RateLimit limit = intake.limitOf(admission.arrival().action());
        return Envelope.response(
                api.handle(request, admission, limit), admission.arrival().requestId());
    }

    private static void log(Admission admission, String result) {
        Arrival arrival = admission.arrival();
        LOG.debug(
                "{} {}: {} ({})",
                arrival.action(),
                arrival.requestId(),
                result,
                admission.fault().ending());
    }
}
