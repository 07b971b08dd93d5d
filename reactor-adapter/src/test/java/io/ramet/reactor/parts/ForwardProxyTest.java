package io.ramet.reactor.parts;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.error.NotSent;
import io.ramet.model.Secret;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.ChunkOutcome.Cloned;
import io.ramet.outcome.ChunkOutcome.InDoubt;
import io.ramet.outcome.ChunkOutcome.NotCloned;
import io.ramet.plan.ClonePlan;
import io.ramet.reactor.BooksAssert;
import io.ramet.reactor.CloneClient;
import io.ramet.reactor.CloneClientBuilder;
import io.ramet.reactor.Fixtures;
import io.ramet.reactor.TlsFrontEnd;
import io.ramet.reactor.UnverifiedPlans;
import io.ramet.reactor.transport.HttpProxy;
import io.ramet.reactor.transport.Network;
import io.ramet.simulator.Simulator;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.scheduler.Schedulers;

/** Real proxies of a company's network between a client and the server, judged by the server's books. */
@Tag("soak")
@Timeout(180)
class ForwardProxyTest {

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    enum Kind {
        SQUID {
            @Override
            Program start(Path folder, int port, String user) throws Exception {
                String password = user.isEmpty()
                        ? ""
                        : """
                        auth_param basic program %s
                        acl known proxy_auth REQUIRED
                        http_access deny !known
                        """.formatted(Files.writeString(
                                folder.resolve("check"), """
                                #!/bin/sh
                                while read -r line; do
                                    [ "$line" = "%s" ] && echo OK || echo ERR
                                done
                                """.formatted(user.replace(':', ' '))));
                if (!user.isEmpty()) {
                    assertThat(folder.resolve("check").toFile().setExecutable(true, false))
                            .isTrue();
                }
                Path configuration =
                        Files.writeString(folder.resolve("squid.conf"), """
                        http_port 127.0.0.1:%d
                        %s
                        http_access allow all
                        pid_filename none
                        cache deny all
                        cache_log stdio:/dev/stderr
                        access_log none
                        cache_store_log none
                        pinger_enable off
                        max_filedescriptors 1024
                        coredump_dir %s
                        shutdown_lifetime 0 seconds
                        """.formatted(port, password, folder));
                return Program.start(
                        folder, Program.find("squid", "squid"), "-N", "-f", configuration.toString(), "-d", "1");
            }
        },
        TINYPROXY {
            @Override
            Program start(Path folder, int port, String user) throws Exception {
                Path configuration = Files.writeString(folder.resolve("tinyproxy.conf"), """
                        Port %d
                        Listen 127.0.0.1
                        Timeout 60
                        MaxClients 200
                        LogLevel Error
                        %s
                        """.formatted(
                                port, user.isEmpty() ? "" : "BasicAuth " + user.replace(':', ' ')));
                return Program.start(
                        folder, Program.find("tinyproxy", "tinyproxy"), "-d", "-c", configuration.toString());
            }
        };

        /** {@code user} is {@code name:password}, or empty if everyone may use the proxy. */
        abstract Program start(Path folder, int port, String user) throws Exception;
    }

    /** A proxy that listens. */
    private record Running(Program program, int port) implements AutoCloseable {

        static Running of(Kind kind, String user) throws Exception {
            int port = Program.freePort();
            Program program = kind.start(Program.folder("proxy"), port, user);
            program.await("the proxy listens", () -> listens(port));
            return new Running(program, port);
        }

        private static boolean listens(int port) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return socket.isConnected();
            } catch (IOException notYet) {
                return false;
            }
        }

        HttpProxy proxy() {
            return HttpProxy.parse("test", "127.0.0.1:" + port);
        }

        @Override
        public void close() {
            program.close();
        }
    }

    private static CloneClientBuilder client(Simulator simulator, TlsFrontEnd tls, HttpProxy proxy) {
        return Fixtures.client(simulator)
                .endpoint(tls.uri())
                .network(Network.direct().proxy(proxy).trustAlso("test", TlsFrontEnd.certificate()));
    }

    @ParameterizedTest
    @EnumSource
    void aPlanIsBoughtOnceThroughAProxyThatKnowsTheUser(Kind kind) throws Exception {
        try (Simulator simulator = Simulator.start();
                TlsFrontEnd tls = TlsFrontEnd.of(simulator.uri());
                Running running = Running.of(kind, "ann:secret");
                CloneClient client = client(simulator, tls, running.proxy().user("ann", Secret.of("secret")))
                        .build()) {
            ClonePlan plan = Fixtures.plan(900);
            List<ChunkOutcome> outcomes = client.clone(plan).collectList().block(PATIENCE);
            assertThat(outcomes).as("%s", running).hasSize(30).allMatch(Cloned.class::isInstance);
            BooksAssert.assertTruth(kind.name(), simulator, plan, outcomes);
            assertThat(simulator.books().bought()).isEqualTo(900);
            assertThat(simulator.books().peak("CloneInstances", Duration.ofSeconds(1)))
                    .isLessThanOrEqualTo(20);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aWrongPasswordIsNotSentAndNamed(Kind kind) throws Exception {
        try (Simulator simulator = Simulator.start();
                TlsFrontEnd tls = TlsFrontEnd.of(simulator.uri());
                Running running = Running.of(kind, "ann:secret");
                CloneClient client = client(simulator, tls, running.proxy().user("ann", Secret.of("canary")))
                        .unverifiedPlans(UnverifiedPlans.SEND)
                        .build()) {
            List<ChunkOutcome> outcomes =
                    client.clone(Fixtures.plan(60)).collectList().block(PATIENCE);
            assertThat(outcomes)
                    .isNotEmpty()
                    .allSatisfy(outcome -> assertThat(outcome)
                            .isInstanceOfSatisfying(
                                    NotCloned.class,
                                    not -> assertThat(not.failure())
                                            .isInstanceOf(NotSent.class)
                                            .hasMessageContaining(kind == Kind.SQUID ? "proxy 407" : "proxy 40")
                                            .hasMessageNotContaining("canary")));
            assertThat(simulator.books().bought()).isZero();
            assertThat(tls.connections()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aProxyThatDiesLeavesNothingBoughtTwiceAndNothingUnreported(Kind kind) throws Exception {
        try (Simulator simulator = Simulator.start();
                TlsFrontEnd tls = TlsFrontEnd.of(simulator.uri());
                Running running = Running.of(kind, "");
                CloneClient client = client(simulator, tls, running.proxy())
                        .maxInDoubt(1_000)
                        .build()) {
            ClonePlan plan = Fixtures.plan(990);
            List<ChunkOutcome> outcomes = new CopyOnWriteArrayList<>();
            client.clone(plan)
                    .publishOn(Schedulers.boundedElastic())
                    .doOnNext(outcome -> {
                        outcomes.add(outcome);
                        if (outcomes.size() == 5) {
                            running.program().kill();
                        }
                    })
                    .blockLast(PATIENCE);
            BooksAssert.assertTruth(kind.name(), simulator, plan, outcomes);
            assertThat(outcomes).anyMatch(NotCloned.class::isInstance);
            assertThat(simulator.books().bought())
                    .isBetween(
                            30
                                    * (int) outcomes.stream()
                                            .filter(Cloned.class::isInstance)
                                            .count(),
                            30
                                    * (int) outcomes.stream()
                                            .filter(outcome -> outcome instanceof Cloned || outcome instanceof InDoubt)
                                            .count());
        }
    }
}
