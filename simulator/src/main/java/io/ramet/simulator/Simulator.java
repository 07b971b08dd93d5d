package io.ramet.simulator;

import io.netty.channel.Channel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.DisposableServer;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.LoopResources;

/**
 * The CloneInstances API as an HTTP server on the loopback interface, within this process.
 *
 * <p>It verifies signatures, enforces limits, validates requests, buys without any idempotency as the real service
 * does, keeps {@linkplain #books() books} of all purchases, and {@linkplain #misbehave misbehaves} on request.
 * Instances have a {@linkplain SimulatorBuilder#lifeCycle life cycle}.
 *
 * <p>Thread-safe. {@link #close()} stops the server and its threads.
 */
public final class Simulator implements AutoCloseable {

    private static final String HOST = "127.0.0.1";
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

    private final String secretId;
    private final String secretKey;
    private final Books books = new Books();
    private final Inventory inventory;
    private final Backups backups;
    private final Permissions permissions = new Permissions();
    private final RequestIntake intake;
    private final LoopResources loops;
    private final Scheduler workers;
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
    private final HttpServer server;
    private final int port;
    private final Object lifecycle = new Object();
    private DisposableServer listening;
    private boolean closed;
    private volatile Accepting accepting = Accepting.KEEP;

    /** The treatment of a connection that has just been accepted. */
    private enum Accepting {
        KEEP,
        CLOSE,
        RESET
    }

    Simulator(SimulatorBuilder options) {
        this.secretId = options.secretId;
        this.secretKey = options.secretKey;
        this.intake = new RequestIntake(
                options.ticker,
                options.limits,
                options.leastLatency,
                options.greatestLatency,
                options.misbehaviour,
                books,
                options.seed);
        this.inventory = new Inventory(options);
        this.backups = new Backups(options);
        CloudApi api = new CloudApi(
                options.clock, signatures(options), permissions, Handlers.of(inventory, backups, books, options));
        this.workers = Schedulers.newParallel("ramet-simulator-worker", options.threads, true);
        HttpEndpoint endpoint = new HttpEndpoint(intake, api, new ResponseWriter(options.clock), books, workers);
        this.loops = LoopResources.create("ramet-simulator", 1, options.threads, true, false);
        HttpServer configured = HttpServer.create()
                .host(HOST)
                .runOn(loops, false)
                .protocol(HttpProtocol.HTTP11)
                .doOnChannelInit((observer, channel, address) -> connected(channel))
                .handle(endpoint::exchange);
        this.server = options.idleTimeout.isZero() ? configured : configured.idleTimeout(options.idleTimeout);
        this.listening = bind(options.port);
        this.port = listening.port();
    }

    private static Map<Api, SignatureCheck> signatures(SimulatorBuilder options) {
        Map<Api, SignatureCheck> signatures = new EnumMap<>(Api.class);
        for (Api api : Api.values()) {
            Set<String> services = new HashSet<>(options.services);
            services.add(api.service);
            signatures.put(
                    api,
                    new SignatureCheck(
                            options.secretId, options.secretKey, options.token, services, options.temporaryKeys));
        }
        return signatures;
    }

    /** {@return a simulator with the defaults of {@link SimulatorBuilder}, on a free port} */
    public static Simulator start() {
        return builder().start();
    }

    /** {@return a builder of simulators} */
    public static SimulatorBuilder builder() {
        return new SimulatorBuilder();
    }

    /** {@return the address on which it listens, such as {@code http://127.0.0.1:41234}} */
    public URI uri() {
        return URI.create("http://" + HOST + ":" + port);
    }

    /** {@return the port on which it listens} */
    public int port() {
        return port;
    }

    /** {@return the id of the accepted key pair} */
    public String secretId() {
        return secretId;
    }

    /** {@return the key of the accepted key pair} */
    public String secretKey() {
        return secretKey;
    }

    /** {@return the record of everything that really happened} */
    public Books books() {
        return books;
    }

    /**
     * Sets the misbehaviour, from the next arrival on.
     *
     * @param misbehaviour decides the fault of each request; replaces the previous one
     */
    public void misbehave(Misbehaviour misbehaviour) {
        intake.misbehave(misbehaviour);
    }

    /**
     * Sets the life cycle of the instances that are bought from now on.
     *
     * @param next the life cycle; replaces the previous one
     */
    public void lifeCycle(LifeCycle next) {
        inventory.lifeCycle(Objects.requireNonNull(next, "lifeCycle"));
    }

    /**
     * Adds a backup, or replaces the backup with the same id.
     *
     * @param backup the backup
     */
    public void backup(Backup backup) {
        backups.put(backup);
    }

    /**
     * Refuses an action from now on, as if the caller's policy did not allow it.
     *
     * @param action the action, such as {@code DescribeInstances}
     * @param code the error code, such as {@code UnauthorizedOperation}, {@code AuthFailure.UnauthorizedOperation},
     *     {@code UnauthorizedOperation.NoCAMAuthed} or {@code InvalidParameter.PermissionDenied}
     */
    public void deny(String action, String code) {
        permissions.deny(action, code);
    }

    /**
     * Allows an action again that was {@linkplain #deny denied}.
     *
     * @param action the action
     */
    public void allow(String action) {
        permissions.allow(action);
    }

    /**
     * Stops listening, so that the operating system refuses new connections, or listens on the same port again.
     * Open connections stay open.
     *
     * @param refuse whether to refuse new connections from now on
     * @throws IllegalStateException if the simulator is closed
     */
    public void refuseConnections(boolean refuse) {
        synchronized (lifecycle) {
            if (closed) {
                throw new IllegalStateException("the simulator is closed");
            }
            if (refuse && !listening.isDisposed()) {
                listening.disposeNow(LONGEST_WAIT);
                awaitRefusal();
            } else if (!refuse && listening.isDisposed()) {
                listening = bind(port);
            }
        }
    }

    /** The operating system accepts connections until the selector has released the closed socket. */
    private void awaitRefusal() {
        for (int millis = 0; millis < LONGEST_WAIT.toMillis() && accepts(); millis++) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    private boolean accepts() {
        try (Socket probe = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return probe.isConnected();
        } catch (IOException refused) {
            return false;
        }
    }

    /**
     * Starts or stops resetting (RST) each new connection as soon as it is accepted. Open connections stay open.
     *
     * @param reset whether to reset new connections from now on
     */
    public void resetAtAccept(boolean reset) {
        accepting = reset ? Accepting.RESET : Accepting.KEEP;
    }

    /**
     * Starts or stops closing (FIN) each new connection as soon as it is accepted. Open connections stay open.
     *
     * @param close whether to close new connections from now on
     */
    public void closeAtAccept(boolean close) {
        accepting = close ? Accepting.CLOSE : Accepting.KEEP;
    }

    /**
     * Drops every open connection, whether or not a request is in progress on it.
     *
     * @param reset whether to reset (RST) the connections rather than close (FIN) them
     */
    public void dropConnections(boolean reset) {
        for (Channel channel : connections) {
            ResponseWriter.drop(channel, reset);
        }
    }

    /** Drops all connections and stops the server and its threads. Closing again does nothing. */
    @Override
    public void close() {
        synchronized (lifecycle) {
            if (closed) {
                return;
            }
            closed = true;
            if (!listening.isDisposed()) {
                listening.disposeNow(LONGEST_WAIT);
            }
            connections.close().awaitUninterruptibly(LONGEST_WAIT.toMillis());
            // Not disposeGracefully, because it leaves a thread behind that keeps the JVM alive for ten seconds.
            workers.dispose();
            loops.disposeLater(Duration.ZERO, LONGEST_WAIT).block(LONGEST_WAIT);
        }
    }

    private DisposableServer bind(int wanted) {
        return server.port(wanted).bindNow(LONGEST_WAIT);
    }

    private void connected(Channel channel) {
        Accepting what = accepting;
        if (what == Accepting.KEEP) {
            connections.add(channel);
        } else {
            ResponseWriter.drop(channel, what == Accepting.RESET);
        }
    }
}
