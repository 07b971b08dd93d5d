package io.ramet.reactor.lookup;

import static io.ramet.reactor.Fixtures.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.ramet.error.ApiRefusal;
import io.ramet.model.DealState;
import io.ramet.model.Placement;
import io.ramet.plan.PlanId;
import io.ramet.reactor.CloneClient;
import io.ramet.reactor.Fixtures;
import io.ramet.reactor.journal.UnknownPlanException;
import io.ramet.simulator.Misbehaviour;
import io.ramet.simulator.Simulator;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/** Where an instance is, its security groups, and the deals of a plan. */
class PlacementTest {

    private static final String SOURCE = "crs-xjhsdj12";

    @AutoClose
    private final Simulator simulator = Simulator.builder().knownSources(SOURCE).start();

    @AutoClose
    private final CloneClient client = Fixtures.client(simulator).build();

    private final LookupClient lookups = client.lookups();

    @Test
    void anInstanceIsListedWithItsZoneNetworkAndSecurityGroups() {
        assertThat(lookups.placement(SOURCE).block(PATIENCE))
                .isEqualTo(new Placement(100003, "vpc-pxyzim13", "subnet-7jbabche", 0));
        assertThat(lookups.securityGroups(SOURCE).collectList().block(PATIENCE)).containsExactly("sg-bmadczm1");
        assertThat(lookups.placement("crs-other").blockOptional(PATIENCE)).isEmpty();
        assertThatThrownBy(() -> lookups.securityGroups("crs-other").blockLast(PATIENCE))
                .isInstanceOf(ApiRefusal.class);
    }

    @Test
    void theClassicNetworkHasNoVpcAndGroupsOfOtherInstancesDoNotCount() {
        simulator.misbehave(Misbehaviour.scripted(
                "DescribeInstances",
                Fixtures.response(
                        "\"TotalCount\":1,\"InstanceSet\":[{\"InstanceId\":\"crs-xjhsdj12\",\"ZoneId\":100002,"
                                + "\"UniqVpcId\":\"\",\"UniqSubnetId\":\"\",\"ProjectId\":7}]")));
        assertThat(lookups.placement(SOURCE).block(PATIENCE)).isEqualTo(new Placement(100002, null, null, 7));
        simulator.misbehave(
                Misbehaviour.scripted(
                        "DescribeInstanceSecurityGroup",
                        Fixtures.response(
                                "\"InstanceSecurityGroupsDetail\":[{\"InstanceId\":\"crs-other\",\"SecurityGroupDetails\":"
                                        + "[{\"SecurityGroupId\":\"sg-other\"}]},{\"InstanceId\":\"crs-xjhsdj12\","
                                        + "\"SecurityGroupDetails\":[{\"SecurityGroupId\":\"sg-1\"},{\"SecurityGroupId\":\"sg-1\"},{}]}]")));
        assertThat(lookups.securityGroups(SOURCE).collectList().block(PATIENCE)).containsExactly("sg-1");
    }

    @Test
    void theDealsOfAPlanAreListedWithTheirStatus() {
        client.clone(Fixtures.plan("order-1", 60)).blockLast(PATIENCE);
        Flux<DealState> deals = lookups.deals(PlanId.of("order-1"));
        assertThat(deals.collectList().block(PATIENCE))
                .extracting(DealState::status, DealState::description)
                .hasSize(2)
                .containsOnly(tuple(4, "delivered"));
        simulator.misbehave(
                Misbehaviour.scripted("DescribeInstanceDealDetail", Fixtures.response("\"DealDetails\":[]")));
        assertThat(deals.collectList().block(PATIENCE)).as("one is not listed").hasSize(1);
        assertThatThrownBy(() -> lookups.deals(PlanId.of("order-2")).blockLast(PATIENCE))
                .isInstanceOf(UnknownPlanException.class);
    }
}
