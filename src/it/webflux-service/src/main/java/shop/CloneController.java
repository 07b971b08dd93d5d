package shop;

import io.ramet.outcome.CloneReport;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import io.ramet.reactor.CloneClient;
import io.ramet.reactor.lookup.UndoConfirmation;
import java.net.URI;
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
 * Buys over HTTP, and undoes. The {@code Idempotency-Key} is the plan id: the same key never buys twice, from any
 * caller and in any process. Only POST /clones buys; only POST /clones/{id}/undo destroys.
 */
@RestController
@RequestMapping("/clones")
class CloneController {

    private final CloneClient client;
    private final EventStream events;

    CloneController(CloneClient client, EventStream events) {
        this.client = client;
        this.events = events;
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
     * Buys for a caller that stays connected, as fast as it reads, and stops when it disconnects. The chunks that were
     * bought by then are kept; posting the same key again buys the rest.
     */
    @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE, produces = MediaType.APPLICATION_NDJSON_VALUE)
    Flux<Object> buyAndStay(@RequestHeader("Idempotency-Key") String key, @RequestBody byte[] request) {
        ClonePlan plan = plan(key, request);
        return events.lines(client.clone(plan), Mono.defer(() -> client.report(plan.id())));
    }

    /** Reports the outcomes of a plan so far. */
    @GetMapping("/{id}")
    Mono<CloneReport> report(@PathVariable String id) {
        return client.report(PlanId.of(id));
    }

    /**
     * Follows a plan, from after the last event that the caller has seen, until its instances run.
     *
     * @param lastEventId sent by a browser that reconnects by itself
     * @param after the same for a browser that starts a new stream and cannot send the header
     */
    @GetMapping(path = "/{id}/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    Mono<ResponseEntity<Flux<ServerSentEvent<Object>>>> events(
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
                .body(events.serverSent(
                        client.follow(plan), seen, report, client.lookups().awaitRunning(plan))));
    }

    /** Looks up chunks in doubt again, and reports. Sends no purchase. */
    @PostMapping("/{id}/reconcile")
    Mono<CloneReport> reconcile(@PathVariable String id) {
        return client.reconcile(PlanId.of(id));
    }

    /**
     * Returns what a plan has bought, one line per instance. Disconnecting stops it; undoing again resumes it.
     */
    @PostMapping(
            path = "/{id}/undo",
            consumes = MediaType.APPLICATION_JSON_VALUE,
            produces = MediaType.APPLICATION_NDJSON_VALUE)
    Flux<Object> undo(@PathVariable String id, @RequestBody Confirmation confirmed) {
        PlanId plan = PlanId.of(id);
        UndoConfirmation confirmation = new UndoConfirmation(plan, confirmed.instances(), confirmed.alsoPrepaid());
        return events.lines(client.undo(plan, confirmation), Mono.empty());
    }

    /** Starts the instances again that an undo has returned, one line per instance. They cost money again. */
    @PostMapping(path = "/{id}/restore", produces = MediaType.APPLICATION_NDJSON_VALUE)
    Flux<Object> restore(@PathVariable String id) {
        return events.lines(client.restore(PlanId.of(id)), Mono.empty());
    }

    /**
     * A person's confirmation of an undo.
     *
     * @param instances the exact number of instances that the plan has bought
     * @param alsoPrepaid whether prepaid instances may be returned, whose refund is limited
     */
    record Confirmation(int instances, boolean alsoPrepaid) {}

    private static ClonePlan plan(String key, byte[] request) {
        return ClonePlan.of(PlanId.of(key), Requests.read(request));
    }
}
