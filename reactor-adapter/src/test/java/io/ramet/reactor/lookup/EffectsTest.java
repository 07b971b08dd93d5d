package io.ramet.reactor.lookup;

import static io.ramet.reactor.Fixtures.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.model.CloneRequest;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import io.ramet.reactor.CloneClient;
import io.ramet.reactor.CloneClientBuilder;
import io.ramet.reactor.Fixtures;
import io.ramet.simulator.Fault;
import io.ramet.simulator.Misbehaviour;
import io.ramet.simulator.RateLimit;
import io.ramet.simulator.Simulator;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** I10: nothing buys but what says so, and nothing destroys but an undo; each look-up keeps its own limit. */
class EffectsTest {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final PlanId ORDER = PlanId.of("order-1");
    private static final Set<String> BUYING = Set.of("clone", "submit", "resume", "recover");
    private static final Set<String> CHANGING = Set.of("undo", "restore");
    /** They end the client, so they come last. */
    private static final Set<String> CLOSING = Set.of("close", "disposeLater");

    private static final Map<Class<?>, Object> ARGUMENTS = Map.of(
            PlanId.class, ORDER,
            String.class, "crs-xjhsdj12",
            int.class, 1,
            Instant.class, Instant.now().minusSeconds(3_600),
            AwaitOptions.class, AwaitOptions.within(SECOND),
            ClonePlan.class, Fixtures.plan("order-2", 60),
            CloneRequest.class, Fixtures.request(60).build(),
            UndoConfirmation.class, UndoConfirmation.of(ORDER, 60));

    /** The types of the client that can send a request; a method that returns another one needs a place in this test. */
    private static final Set<Class<?>> VIEWS = Set.of(CloneClient.class, LookupClient.class, CloneClientBuilder.class);

    @AutoClose
    private final Simulator simulator =
            Simulator.builder().limit(RateLimit.none()).start();

    @AutoClose
    private final CloneClient client = Fixtures.client(simulator).build();

    @Test
    void noOtherMethodOfTheClientBuysOrDestroys() throws Exception {
        // A refused chunk, a doubt and a bought one: everything that a method could be tempted by.
        simulator.misbehave(Misbehaviour.scripted(
                Fault.error("InternalError", false), Fault.error("ResourceUnavailable.SaleOut", false)));
        client.clone(Fixtures.plan("order-1", 60)).blockLast(PATIENCE);
        client.clone(Fixtures.plan("order-3", 30)).blockLast(PATIENCE);
        int executions = simulator.books().executions().size();
        assertThat(executions).isPositive();
        List<String> called = new ArrayList<>();
        callAll(CloneClient.class, client, name -> !isAnyOf(name, BUYING) && !isAnyOf(name, CHANGING), called);
        callAll(LookupClient.class, client.lookups(), name -> true, called);
        for (String method : CLOSING) {
            call(CloneClient.class.getMethod(method), client);
        }
        assertThat(called).contains("report", "follow", "reconcile", "awaitRunning", "instances", "backups");
        assertThat(simulator.books().executions()).hasSize(executions);
        assertThat(simulator.books().changes()).isEmpty();
    }

    @Test
    void noMethodThatBuysDestroysAndNoMethodThatDestroysOrRestoresBuys() throws Exception {
        List<String> called = new ArrayList<>();
        ClonePlan plan = Fixtures.plan("order-1", 60);
        client.clone(plan).blockLast(PATIENCE);
        callAll(CloneClient.class, client, name -> isAnyOf(name, BUYING), called);
        assertThat(called).containsAll(BUYING);
        assertThat(simulator.books().changes()).isEmpty();
        int executions = simulator.books().executions().size();
        for (String method : List.of("undo", "restore")) {
            callAll(CloneClient.class, client, method::equals, called);
        }
        assertThat(called).containsAll(CHANGING);
        assertThat(simulator.books().changes()).hasSize(60 + 60);
        assertThat(simulator
                        .books()
                        .destructionsOutside(bought -> bought.instanceName().startsWith(plan.markRoot())))
                .isEmpty();
        assertThat(simulator.books().executions()).hasSize(executions);
    }

    @Test
    void lookUpsAndAnUndoKeepTheirOwnLimitsBesideAPurchase() {
        client.clone(Fixtures.plan("order-1", 60)).blockLast(PATIENCE);
        Flux.merge(
                        client.clone(Fixtures.plan("order-2", 900)).then(),
                        client.undo(ORDER, UndoConfirmation.of(ORDER, 60)).then(),
                        Flux.range(0, 45)
                                .flatMap(i -> client.lookups().backups("crs-xjhsdj12"), 45)
                                .then(),
                        Flux.range(0, 45)
                                .flatMap(i -> client.lookups().instances(ORDER), 45)
                                .then())
                .blockLast(PATIENCE);
        // Shorter than a second: a machine that stalls makes requests arrive together.
        Duration window = Duration.ofMillis(850);
        for (String action : List.of("CloneInstances", "DestroyPostpaidInstance", "DescribeInstanceBackups")) {
            assertThat(simulator.books().peak(action, window)).as(action).isBetween(10, 20);
        }
        assertThat(simulator.books().peak("DescribeInstances", window)).isLessThanOrEqualTo(35);
        assertThat(simulator.books().destructions()).hasSize(60);
    }

    private static boolean isAnyOf(String name, Set<String> beginnings) {
        return beginnings.stream().anyMatch(name::startsWith);
    }

    private static void callAll(Class<?> type, Object target, Predicate<String> chosen, List<String> called)
            throws Exception {
        for (Method method : type.getMethods()) {
            String name = method.getName();
            if (chosen.test(name) && !CLOSING.contains(name) && !Modifier.isStatic(method.getModifiers())) {
                called.add(name);
                call(method, target);
            }
        }
    }

    private static void call(Method method, Object target) throws Exception {
        Object[] arguments = Arrays.stream(method.getParameterTypes())
                .map(type -> {
                    assertThat(ARGUMENTS).as("an argument for %s", method).containsKey(type);
                    return ARGUMENTS.get(type);
                })
                .toArray();
        Object result = method.invoke(target, arguments);
        if (result instanceof Publisher<?> publisher) {
            // Whether it fails is not the point.
            Flux.from(publisher).then().onErrorResume(failure -> Mono.empty()).block(PATIENCE);
        } else if (method.getReturnType() != void.class) {
            assertThat(VIEWS).as("a type to call as well: %s", method).contains(method.getReturnType());
        }
    }
}
