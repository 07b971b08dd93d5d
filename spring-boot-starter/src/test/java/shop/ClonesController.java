package shop;

import io.ramet.json.RequestJson;
import io.ramet.model.CloneRequest;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import io.ramet.reactor.CloneClient;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

@RestController
class ClonesController {

    private final CloneClient client;

    ClonesController(CloneClient client) {
        this.client = client;
    }

    @PostMapping("/clones")
    Mono<ResponseEntity<Void>> buy(@RequestHeader("Idempotency-Key") String key, @RequestBody byte[] request) {
        PlanId id = PlanId.of(key);
        CloneRequest wanted = RequestJson.shared().read(new String(request, StandardCharsets.UTF_8));
        return client.submit(ClonePlan.of(id, wanted))
                .thenReturn(ResponseEntity.accepted()
                        .location(URI.create("/clones/" + id + "/outcomes"))
                        .build());
    }

    @GetMapping("/clones/{id}/outcomes")
    Flux<ChunkOutcome> outcomes(@PathVariable("id") String id) {
        return client.follow(PlanId.of(id));
    }
}
