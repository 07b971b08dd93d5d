package shop;

import io.ramet.error.InvalidValueException;
import io.ramet.model.Backup;
import io.ramet.model.InstanceState;
import io.ramet.model.PreflightReport;
import io.ramet.model.Price;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import io.ramet.reactor.CloneClient;
import io.ramet.reactor.lookup.LookupClient;
import io.ramet.spring.RametProperties;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Looks up. It can neither buy nor destroy: its view of the client has no such method. */
@RestController
class LookupController {

    private final LookupClient lookups;
    private final int maxInstances;

    LookupController(CloneClient client, RametProperties settings) {
        this.lookups = client.lookups();
        this.maxInstances = settings.maxInstances();
    }

    /** Lists the backups of an instance, newest first. */
    @GetMapping("/instances/{instanceId}/backups")
    Flux<Backup> backups(@PathVariable String instanceId) {
        return lookups.backups(instanceId);
    }

    /** Shows what a purchase would send. */
    @PostMapping(path = "/clones/plan", consumes = MediaType.APPLICATION_JSON_VALUE)
    PlanPreview plan(@RequestBody byte[] request) {
        return PlanPreview.of(capped(request));
    }

    /** Checks a purchase before it is made. */
    @PostMapping(path = "/clones/preflight", consumes = MediaType.APPLICATION_JSON_VALUE)
    Mono<PreflightReport> preflight(@RequestBody byte[] request) {
        return lookups.preflight(capped(request));
    }

    /** Looks up what a purchase costs. */
    @PostMapping(path = "/clones/price", consumes = MediaType.APPLICATION_JSON_VALUE)
    Mono<Price> price(@RequestBody byte[] request) {
        return lookups.price(capped(request));
    }

    /** Lists the instances that a plan has bought, with their present state and address. */
    @GetMapping("/clones/{id}/instances")
    Flux<InstanceState> instances(@PathVariable String id) {
        return lookups.instances(PlanId.of(id));
    }

    private ClonePlan capped(byte[] body) {
        ClonePlan plan = ClonePlan.of(Requests.read(body));
        int goodsNum = plan.request().goodsNum();
        InvalidValueException.unless(
                goodsNum <= maxInstances,
                "goodsNum",
                goodsNum,
                "must be at most " + maxInstances + ", the spending cap");
        return plan;
    }
}
