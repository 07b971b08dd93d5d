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
 * One HTTP exchange: admitted, read, handled, and ended as its fault says. Reading and writing is done on the event
 * loop and nothing else is: work there would delay, and so crowd together, the arrivals of other connections.
 */
final class Gateway {

    private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);
    private static final int GREATEST_KEPT_BODY = 10 * 1024 * 1024 + 1;

    private final Door door;
    private final Service service;
    private final Delivery delivery;
    private final Books books;
    private final Scheduler workers;

    Gateway(Door door, Service service, Delivery delivery, Books books, Scheduler workers) {
        this.door = door;
        this.service = service;
        this.delivery = delivery;
        this.books = books;
        this.workers = workers;
    }

    Publisher<Void> exchange(HttpServerRequest request, HttpServerResponse response) {
        HttpHeaders headers = request.requestHeaders();
        String action = headers.get("X-TC-Action", "");
        boolean complete =
                Service.hasCommonHeaders(action, headers.get("X-TC-Version", ""), headers.get("X-TC-Timestamp", ""));
        Admission admission = door.admit(action, complete);
        Scheduler loop = loopOf(request);
        if (admission.course().endsAfterHeaders()) {
            log(admission, "dropped after its head");
            return delivery.end(response, admission, "", loop);
        }
        return request.receive()
                .asByteArray()
                .collect(ByteArrayOutputStream::new, Gateway::keep)
                .publishOn(workers)
                .map(body -> new Call(request.method().name(), request.uri(), headers, body.toByteArray()))
                .map(call -> handle(call, admission))
                .publishOn(loop)
                .flatMap(answer -> delivery.end(response, admission, answer, loop));
    }

    private static Scheduler loopOf(HttpServerRequest request) {
        AtomicReference<Scheduler> loop = new AtomicReference<>();
        request.withConnection(connection ->
                loop.set(Schedulers.fromExecutorService(connection.channel().eventLoop())));
        return Objects.requireNonNull(loop.get(), "the request has no connection");
    }

    /** Of a body that is too large, enough is kept to see that it is. */
    private static void keep(ByteArrayOutputStream body, byte[] part) {
        body.write(part, 0, Math.min(part.length, GREATEST_KEPT_BODY - body.size()));
    }

    private String handle(Call call, Admission admission) {
        Course course = admission.course();
        if (course.ending() instanceof Fault.ErrorAnswer error) {
            return errorAnswer(call, admission, error);
        }
        if (!course.executes()) {
            log(admission, "not executed", course.ending());
            return "";
        }
        try {
            String answer = execute(call, admission);
            log(admission, "executed", course.ending());
            return answer;
        } catch (Refusal refusal) {
            books.refused(refusal.code());
            log(admission, refusal.code(), course.ending());
            return Envelope.error(
                    refusal.code(), refusal.text(), admission.arrival().requestId());
        }
    }

    private String errorAnswer(Call call, Admission admission, Fault.ErrorAnswer error) {
        if (error.executed()) {
            executeUnseen(call, admission);
        }
        books.refused(error.code());
        log(admission, error.code(), error);
        return Envelope.error(
                error.code(), "Simulated: " + error.code(), admission.arrival().requestId());
    }

    /** What the server makes of the call stays hidden, even its refusal: the fault is the answer. */
    private void executeUnseen(Call call, Admission admission) {
        try {
            execute(call, admission);
        } catch (Refusal hidden) {
            LOG.trace("{} hidden: {}", admission.arrival().requestId(), hidden.code());
        }
    }

    private String execute(Call call, Admission admission) {
        RateLimit limit = door.limitOf(admission.arrival().action());
        return Envelope.answer(
                service.handle(call, admission, limit), admission.arrival().requestId());
    }

    private static void log(Admission admission, String verdict) {
        log(admission, verdict, admission.course().ending());
    }

    private static void log(Admission admission, String verdict, Fault ending) {
        Arrival arrival = admission.arrival();
        LOG.debug("{} {}: {} ({})", arrival.action(), arrival.requestId(), verdict, ending);
    }
}
