package shop;

import io.ramet.error.InvalidValueException;
import io.ramet.json.RequestJson;
import io.ramet.model.CloneRequest;
import io.ramet.outcome.CloneReport;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import io.ramet.reactor.CloneClient;
import io.ramet.spring.RametProperties;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Buys over HTTP. The {@code Idempotency-Key} is the plan id: the same key never buys twice, from any caller and in any
 * process. Only POST /clones buys.
 */
@RestController
@RequestMapping("/clones")
class CloneController {

    private final CloneClient client;
    private final EventStream events;
    private final int maxInstances;
    private final RequestJson json = RequestJson.shared();

    CloneController(CloneClient client, EventStream events, RametProperties settings) {
        this.client = client;
        this.events = events;
        this.maxInstances = settings.maxInstances();
    }

    /** Shows what a purchase would do. Never spends. */
    @PostMapping(path = "/plan", consumes = MediaType.APPLICATION_JSON_VALUE)
    PlanPreview plan(@RequestBody byte[] request) {
        ClonePlan plan = ClonePlan.of(read(request));
        int goodsNum = plan.request().goodsNum();
        InvalidValueException.unless(
                goodsNum <= maxInstances,
                "goodsNum",
                goodsNum,
                "must be at most " + maxInstances + ", the spending cap");
        return PlanPreview.of(plan);
    }

    /**
     * Buys, and continues when the caller has disconnected. A plan that another process holds is refused with 409 and
     * Retry-After: that process may be buying it, or may only be looking up chunks in doubt. Posting the same key again
     * is always safe.
     */
    @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
    Mono<ResponseEntity<PlanPreview>> buy(@RequestHeader("Idempotency-Key") String key, @RequestBody byte[] request) {
        ClonePlan plan = plan(key, request);
        return client.submit(plan)
                .thenReturn(ResponseEntity.accepted()
                        .location(URI.create("/clones/" + plan.id()))
                        .body(PlanPreview.of(plan)));
    }

    /**
     * Buys for a caller that stays connected: as fast as it reads, and no further when it disconnects. The chunks that
     * were bought by then are kept; posting the same key again buys the rest.
     */
    @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE, produces = MediaType.APPLICATION_NDJSON_VALUE)
    Flux<CloneEvent> buyAndStay(@RequestHeader("Idempotency-Key") String key, @RequestBody byte[] request) {
        ClonePlan plan = plan(key, request);
        return events.lines(client.clone(plan), Mono.defer(() -> client.report(plan.id())));
    }

    /** Reports the outcomes of a plan so far. */
    @GetMapping("/{id}")
    Mono<ReportView> report(@PathVariable String id) {
        return client.report(PlanId.of(id)).map(ReportView::of);
    }

    /**
     * Follows a plan, from after the last event that the caller has seen.
     *
     * @param lastEventId sent by a browser that reconnects by itself
     * @param after the same for a browser that starts a new stream and cannot send the header
     */
    @GetMapping(path = "/{id}/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    Mono<ResponseEntity<Flux<ServerSentEvent<CloneEvent>>>> events(
            @PathVariable String id,
            @RequestHeader(name = "Last-Event-ID", required = false) Long lastEventId,
            @RequestParam(defaultValue = "0") long after) {
        PlanId plan = PlanId.of(id);
        long seen = lastEventId == null ? after : lastEventId;
        Mono<CloneReport> report = client.report(plan);
        // An unknown plan is a 404, which is impossible once the stream has begun.
        return report.map(known -> ResponseEntity.ok()
                .header("Cache-Control", "no-store")
                .header("X-Accel-Buffering", "no")
                .body(events.serverSent(client.follow(plan), seen, report)));
    }

    private ClonePlan plan(String key, byte[] request) {
        return ClonePlan.of(PlanId.of(key), read(request));
    }

    /**
     * The body is read as bytes, because Spring logs a body that it reads as a String at DEBUG, including the password.
     */
    private CloneRequest read(byte[] request) {
        return json.read(new String(request, StandardCharsets.UTF_8));
    }
}
