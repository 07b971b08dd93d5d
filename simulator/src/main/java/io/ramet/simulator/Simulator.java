package io.ramet.simulator;

import io.netty.channel.Channel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
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
 * does, keeps {@linkplain #books() books} of what was bought, and {@linkplain #misbehave misbehaves} on request. It
 * knows CloneInstances, DescribeInstances, DescribeInstanceDealDetail and DescribeInstanceBackups.
 *
 * <p>All methods can be called from any thread. {@link #close()} ends the server and its threads.
 */
public final class Simulator implements AutoCloseable {

    static final String CLONE_INSTANCES = "CloneInstances";
    static final String DESCRIBE_INSTANCES = "DescribeInstances";
    static final String DESCRIBE_INSTANCE_DEAL_DETAIL = "DescribeInstanceDealDetail";
    static final String DESCRIBE_INSTANCE_BACKUPS = "DescribeInstanceBackups";
    static final String VERSION = "2018-04-12";
    static final RateLimit USUAL_LIMIT = RateLimit.slidingWindow(20);

    private static final String HOST = "127.0.0.1";
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

    private final String secretId;
    private final String secretKey;
    private final Books books = new Books();
    private final Door door;
    private final LoopResources loops;
    private final Scheduler workers;
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
    private final HttpServer server;
    private final int port;
    private final Object lifecycle = new Object();
    private DisposableServer listening;
    private boolean closed;
    private volatile Accepting accepting = Accepting.KEEP;

    /** What becomes of a connection that has just been accepted. */
    private enum Accepting {
        KEEP,
        CLOSE,
        RESET
    }

    private Simulator(Builder options) {
        this.secretId = options.secretId;
        this.secretKey = options.secretKey;
        this.door = new Door(
                options.ticker,
                options.limits,
                options.leastLatency,
                options.greatestLatency,
                options.misbehaviour,
                books,
                options.seed);
        Estate estate = new Estate(options.accountQuota, options.visibleAfter, options.seed);
        Service service = new Service(
                options.clock,
                new SignatureCheck(secretId, secretKey, options.token, Set.copyOf(options.services)),
                new Sources(Set.copyOf(options.sources)),
                estate,
                options.initialisingFor,
                books);
        this.workers = Schedulers.newParallel("ramet-simulator-worker", options.threads, true);
        Gateway gateway = new Gateway(door, service, new Delivery(options.clock), books, workers);
        this.loops = LoopResources.create("ramet-simulator", 1, options.threads, true, false);
        HttpServer configured = HttpServer.create()
                .host(HOST)
                .runOn(loops, false)
                .protocol(HttpProtocol.HTTP11)
                .doOnChannelInit((observer, channel, address) -> connected(channel))
                .handle(gateway::exchange);
        this.server = options.idleTimeout.isZero() ? configured : configured.idleTimeout(options.idleTimeout);
        this.listening = bind(options.port);
        this.port = listening.port();
    }

    /** {@return a simulator with the defaults of {@link Builder}, on a free port} */
    public static Simulator start() {
        return builder().start();
    }

    /** {@return the options of a simulator} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return where it listens, such as {@code http://127.0.0.1:41234}} */
    public URI uri() {
        return URI.create("http://" + HOST + ":" + port);
    }

    /** {@return the port on which it listens} */
    public int port() {
        return port;
    }

    /** {@return the id of the key pair that it accepts} */
    public String secretId() {
        return secretId;
    }

    /** {@return the key of the key pair that it accepts} */
    public String secretKey() {
        return secretKey;
    }

    /** {@return what really happened} */
    public Books books() {
        return books;
    }

    /**
     * Decides what goes wrong from the next arrival on.
     *
     * @param misbehaviour what goes wrong, in place of what did until now
     */
    public void misbehave(Misbehaviour misbehaviour) {
        door.misbehave(misbehaviour);
    }

    /**
     * Stops listening, so that new connections are refused by the operating system, or listens on the same port again.
     * Connections that are open stay open.
     *
     * @param refuse whether to refuse
     */
    public void refuseConnections(boolean refuse) {
        synchronized (lifecycle) {
            if (closed) {
                throw new IllegalStateException("the simulator is closed");
            }
            if (refuse && !listening.isDisposed()) {
                listening.disposeNow(LONGEST_WAIT);
            } else if (!refuse && listening.isDisposed()) {
                listening = bind(port);
            }
        }
    }

    /**
     * Accepts each new connection only to reset it (RST), or is done with that. Connections that are open stay open.
     *
     * @param reset whether to reset
     */
    public void resetAtAccept(boolean reset) {
        accepting = reset ? Accepting.RESET : Accepting.KEEP;
    }

    /**
     * Accepts each new connection only to close it (FIN), or is done with that. Connections that are open stay open.
     *
     * @param close whether to close
     */
    public void closeAtAccept(boolean close) {
        accepting = close ? Accepting.CLOSE : Accepting.KEEP;
    }

    /**
     * Drops every connection that has been accepted, whether or not a call is under way on it.
     *
     * @param reset whether to reset (RST) rather than close (FIN) them
     */
    public void dropConnections(boolean reset) {
        for (Channel channel : connections) {
            Delivery.drop(channel, reset);
        }
    }

    /** Drops all connections and ends the server and its threads. Does nothing the second time. */
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
            // Not disposeGracefully: it leaves a thread behind that holds the JVM for ten seconds.
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
            Delivery.drop(channel, what == Accepting.RESET);
        }
    }

    /** The options of a simulator; each can be set in any order, the last value counts. */
    public static final class Builder {

        private int port;
        private String secretId = "AKIDsimulatorEXAMPLEnotAKey";
        private String secretKey = "simulatorEXAMPLEnotASecret";
        private String token = "";
        private long seed = 1;
        private Duration leastLatency = Duration.ZERO;
        private Duration greatestLatency = Duration.ZERO;
        private Duration initialisingFor = Duration.ZERO;
        private Duration visibleAfter = Duration.ZERO;
        private Duration idleTimeout = Duration.ZERO;
        private Clock clock = Clock.systemUTC();
        private LongSupplier ticker = System::nanoTime;
        private Misbehaviour misbehaviour = Misbehaviour.none();
        private int accountQuota = Integer.MAX_VALUE;
        private int threads = 2;
        private boolean warm = true;
        private final Map<String, RateLimit> limits =
                new HashMap<>(Map.of(DESCRIBE_INSTANCES, RateLimit.slidingWindow(35)));
        private final Set<String> sources = new HashSet<>();
        private final Set<String> services = new HashSet<>(Set.of("redis"));

        private Builder() {}

        /**
         * The port to listen on, on 127.0.0.1. Defaults to 0: any that is free.
         *
         * @param port the port
         * @return this builder
         */
        public Builder port(int port) {
            this.port = (int) Require.notNegative("port", port);
            return this;
        }

        /**
         * The only key pair that is accepted. Defaults to one that is obviously none.
         *
         * @param secretId its id
         * @param secretKey its key
         * @return this builder
         */
        public Builder credentials(String secretId, String secretKey) {
            this.secretId = Require.notBlank("secretId", secretId);
            this.secretKey = Require.notBlank("secretKey", secretKey);
            return this;
        }

        /**
         * The token that has to come with the key pair. By default there is none, and a call with one is refused.
         *
         * @param token the token
         * @return this builder
         */
        public Builder token(String token) {
            this.token = Require.notBlank("token", token);
            return this;
        }

        /**
         * The limit of CloneInstances. Defaults to 20 in any window of one second.
         *
         * @param limit the limit
         * @return this builder
         */
        public Builder limit(RateLimit limit) {
            return limit(CLONE_INSTANCES, limit);
        }

        /**
         * The limit of one action. Defaults to 35 in any window of one second for DescribeInstances, 20 for others.
         *
         * @param action the action
         * @param limit its limit
         * @return this builder
         */
        public Builder limit(String action, RateLimit limit) {
            limits.put(Require.notBlank("action", action), limit);
            return this;
        }

        /**
         * How long an answer takes, chosen by the seed within these bounds. The call is executed on arrival, its
         * answer waits. Defaults to zero.
         *
         * @param least the least latency
         * @param greatest the greatest latency
         * @return this builder
         */
        public Builder latency(Duration least, Duration greatest) {
            this.leastLatency = Require.notNegative("least latency", least);
            this.greatestLatency = Require.notNegative("greatest latency", greatest);
            Require.notNegative("greatest minus least latency", greatest.minus(least));
            return this;
        }

        /**
         * What chance starts from: latencies, ids. Defaults to 1.
         *
         * @param seed the seed
         * @return this builder
         */
        public Builder seed(long seed) {
            this.seed = seed;
            return this;
        }

        /**
         * How long an instance takes from being bought to status 2, running, by the server's clock; it has status 0
         * for half of that and then 1. Defaults to zero.
         *
         * @param time how long
         * @return this builder
         */
        public Builder initialisingFor(Duration time) {
            this.initialisingFor = Require.notNegative("initialisingFor", time);
            return this;
        }

        /**
         * How long it takes until DescribeInstances shows an instance, by the server's clock. Defaults to zero.
         *
         * @param time how long
         * @return this builder
         */
        public Builder visibleAfter(Duration time) {
            this.visibleAfter = Require.notNegative("visibleAfter", time);
            return this;
        }

        /**
         * After what time a silent connection is closed. Defaults to zero: never.
         *
         * @param time how long
         * @return this builder
         */
        public Builder idleTimeout(Duration time) {
            this.idleTimeout = Require.notNegative("idleTimeout", time);
            return this;
        }

        /**
         * The server's clock: signatures are judged and answers dated by it, instances start and become visible by it.
         * Limits and arrivals are not; they go by {@link System#nanoTime()}. Defaults to the system's.
         *
         * @param clock the clock
         * @return this builder
         */
        public Builder clock(Clock clock) {
            this.clock = clock;
            return this;
        }

        /** The source of arrival times, for tests that stop time. */
        Builder ticker(LongSupplier ticker) {
            this.ticker = ticker;
            return this;
        }

        /**
         * What goes wrong from the start. Defaults to nothing.
         *
         * @param misbehaviour what goes wrong
         * @return this builder
         */
        public Builder misbehaviour(Misbehaviour misbehaviour) {
            this.misbehaviour = misbehaviour;
            return this;
        }

        /**
         * The instances that can be cloned. By default every id that begins with {@code crs-} is that of one.
         *
         * @param instanceIds their ids
         * @return this builder
         */
        public Builder knownSources(String... instanceIds) {
            sources.addAll(Set.of(instanceIds));
            return this;
        }

        /**
         * How many instances may be bought in all; more are refused with LimitExceeded.ReachTheAmountLimit. Defaults
         * to no limit.
         *
         * @param instances how many
         * @return this builder
         */
        public Builder accountQuota(int instances) {
            this.accountQuota = (int) Require.notNegative("accountQuota", instances);
            return this;
        }

        /**
         * A further service name that signatures may be made for. {@code redis} always is one.
         *
         * @param service the name
         * @return this builder
         */
        public Builder signingService(String service) {
            services.add(Require.notBlank("service", service));
            return this;
        }

        /**
         * How many threads read and write, and how many work. Defaults to 2.
         *
         * @param threads how many, at least 1
         * @return this builder
         */
        public Builder threads(int threads) {
            this.threads = Require.atLeastOne("threads", threads);
            return this;
        }

        /** Leaves out the {@link WarmUp}. */
        Builder cold() {
            this.warm = false;
            return this;
        }

        /** {@return the simulator, listening} */
        public Simulator start() {
            if (warm) {
                WarmUp.oncePerProcess();
            }
            return new Simulator(this);
        }
    }
}
