package io.ramet.reactor;

import static io.ramet.error.InvalidValueException.unless;
import static java.util.Objects.requireNonNull;

import io.ramet.error.InvalidValueException;
import io.ramet.json.ResponseJson;
import io.ramet.reactor.concurrent.OwnSchedulers;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.reactor.observe.CloneObserver;
import io.ramet.reactor.shape.RequestShaper;
import io.ramet.reactor.transport.ApiTransport;
import io.ramet.reactor.transport.EndpointRule;
import io.ramet.reactor.transport.Network;
import io.ramet.reactor.transport.ReactorNettyTransport;
import io.ramet.sign.CredentialsProvider;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

/**
 * Builds a {@link CloneClient}. Only the region is required. Every setter replaces the earlier value, except {@link
 * #observer}, which adds one. Every setter rejects null with a {@link NullPointerException} that names the setting. Not
 * thread-safe.
 *
 * <p><b>Closing.</b> The client closes what it creates: its connections and threads, and, unless they were set, its
 * journal and its credentials chain. A journal, shaper, transport factory or credentials provider that is set here
 * belongs to its creator, who closes it after the client.
 */
public final class CloneClientBuilder {

    /**
     * The endpoint of the mainland site; that of the international one is {@code
     * https://redis.intl.tencentcloudapi.com}.
     */
    public static final URI MAINLAND = URI.create("https://redis.tencentcloudapi.com");

    @Nullable
    String region;

    URI endpoint = MAINLAND;

    @Nullable
    CredentialsProvider credentials;

    Network network = Network.direct();

    ApiTransport.Factory transport = ReactorNettyTransport.plain();

    @Nullable
    RequestShaper shaper;

    @Nullable
    CloneJournal journal;

    List<CloneObserver> observers = List.of();
    int maxInFlight = 40;
    int maxInDoubt = 3;
    int maxInstances = 1_000;
    boolean stopOnRefusal = true;
    Duration callTimeout = Duration.ofSeconds(60);
    Duration reconcileFor = Duration.ofSeconds(30);
    Duration auditFor = Duration.ofSeconds(5);
    UnverifiedPlans unverifiedPlans = UnverifiedPlans.REFUSE;
    PreflightPolicy preflight = PreflightPolicy.OFF;
    DoubtPolicy onDoubt = DoubtPolicy.HOLD;
    Duration visibilityLag = Duration.ofMinutes(2);

    @Nullable
    Duration recoverEvery;

    PasswordProvider passwords = PasswordProvider.none();
    Clock clock = Clock.systemUTC();
    Scheduler timer = OwnSchedulers.TIMER;
    LongSupplier nanoTime = System::nanoTime;
    RandomGenerator random = new Random();
    ResponseJson json = ResponseJson.lenient();

    CloneClientBuilder() {}

    /** A copy. Every field is immutable, or shared on purpose. */
    CloneClientBuilder(CloneClientBuilder other) {
        this.region = other.region;
        this.endpoint = other.endpoint;
        this.credentials = other.credentials;
        this.network = other.network;
        this.transport = other.transport;
        this.shaper = other.shaper;
        this.journal = other.journal;
        this.observers = other.observers;
        this.maxInFlight = other.maxInFlight;
        this.maxInDoubt = other.maxInDoubt;
        this.maxInstances = other.maxInstances;
        this.stopOnRefusal = other.stopOnRefusal;
        this.callTimeout = other.callTimeout;
        this.reconcileFor = other.reconcileFor;
        this.auditFor = other.auditFor;
        this.unverifiedPlans = other.unverifiedPlans;
        this.preflight = other.preflight;
        this.onDoubt = other.onDoubt;
        this.visibilityLag = other.visibilityLag;
        this.recoverEvery = other.recoverEvery;
        this.passwords = other.passwords;
        this.clock = other.clock;
        this.timer = other.timer;
        this.nanoTime = other.nanoTime;
        this.random = other.random;
        this.json = other.json;
    }

    /**
     * Sets the region of the instances. Required.
     *
     * @param region such as {@code ap-guangzhou}; sent as {@code X-TC-Region}
     * @return this builder
     */
    public CloneClientBuilder region(String region) {
        this.region = requireNonNull(region, "region");
        return this;
    }

    /**
     * Sets the endpoint. Defaults to {@link #MAINLAND}. A regional host selects the gateway, and with it the limit.
     *
     * @param endpoint scheme, host and port; {@code http} is allowed for a loopback host only
     * @return this builder
     */
    public CloneClientBuilder endpoint(URI endpoint) {
        this.endpoint = requireNonNull(endpoint, "endpoint");
        return this;
    }

    /**
     * Sets where credentials come from. Defaults to {@link
     * io.ramet.reactor.credentials.CredentialsSources#defaultChain() the default chain}, which the client then closes.
     *
     * @param credentials called before each request; not closed by the client
     * @return this builder
     */
    public CloneClientBuilder credentials(CredentialsProvider credentials) {
        this.credentials = requireNonNull(credentials, "credentials");
        return this;
    }

    /**
     * Sets the network path to the API: a proxy, and the certificates of a private authority. Defaults to {@link
     * Network#direct()}; {@link Network#of} reads the environment. If a proxy refuses to open a tunnel, closes the
     * connection instead or does not respond, the chunk counts as not sent and is never in doubt.
     *
     * @param network used by purchases, look-ups and the default credentials chain; other credentials providers have
     *     their own
     * @return this builder
     */
    public CloneClientBuilder network(Network network) {
        this.network = requireNonNull(network, "network");
        return this;
    }

    /**
     * Sets the transport. Defaults to {@link ReactorNettyTransport#plain()}; {@link ReactorNettyTransport#customizedBy}
     * adds TLS settings or metrics.
     *
     * @param transport opens the client's transports, which the client closes; resources that the factory shares among
     *     them, such as an event loop, are not closed
     * @return this builder
     */
    public CloneClientBuilder transport(ApiTransport.Factory transport) {
        this.transport = requireNonNull(transport, "transport");
        return this;
    }

    /**
     * Sets the shaper of purchases. Defaults to a {@linkplain RequestShaper#window(int) window} of 20 requests per
     * second for this client alone. Clients that share an account and a host must share a shaper.
     *
     * @param shaper makes requests wait for permits; not closed by the client
     * @return this builder
     */
    public CloneClientBuilder shaper(RequestShaper shaper) {
        this.shaper = requireNonNull(shaper, "shaper");
        return this;
    }

    /**
     * Sets the journal. Defaults to a new {@link CloneJournal#inMemory()}, which is lost when the client is closed.
     *
     * @param journal records what is sent and its outcome; not closed by the client. Close it after the client
     * @return this builder
     */
    public CloneClientBuilder journal(CloneJournal journal) {
        this.journal = requireNonNull(journal, "journal");
        return this;
    }

    /**
     * Adds an observer, such as one of {@link io.ramet.reactor.observe.Micrometer}. Defaults to none.
     *
     * @param observer called for each event
     * @return this builder
     */
    public CloneClientBuilder observer(CloneObserver observer) {
        observers = Stream.concat(observers.stream(), Stream.of(requireNonNull(observer, "observer")))
                .toList();
        return this;
    }

    /**
     * Sets how many requests may be in flight at once. Defaults to 40, which at 20 requests per second allows for
     * responses that take two seconds.
     *
     * @param maxInFlight 1 to 1000
     * @return this builder
     */
    public CloneClientBuilder maxInFlight(int maxInFlight) {
        this.maxInFlight = maxInFlight;
        return this;
    }

    /**
     * Stops the sending of a plan after this many of its chunks are in doubt. Defaults to 3: by then the server or the
     * network is at fault.
     *
     * @param maxInDoubt 1 or more
     * @return this builder
     */
    public CloneClientBuilder maxInDoubt(int maxInDoubt) {
        this.maxInDoubt = maxInDoubt;
        return this;
    }

    /**
     * Sets the spending cap: a plan for more is refused before anything is sent. Defaults to 1,000 instances.
     *
     * @param maxInstances instances per plan, 1 or more
     * @return this builder
     */
    public CloneClientBuilder maxInstances(int maxInstances) {
        this.maxInstances = maxInstances;
        return this;
    }

    /**
     * Sets whether a refusal that every further chunk would share (balance, quota, permission, a bad parameter) stops
     * the sending. Defaults to true.
     *
     * @param stopOnRefusal false to send the other chunks nevertheless
     * @return this builder
     */
    public CloneClientBuilder stopOnRefusal(boolean stopOnRefusal) {
        this.stopOnRefusal = stopOnRefusal;
        return this;
    }

    /**
     * Sets how long a request may take, from its first byte to the last byte of its response. Defaults to 60 s. After
     * that time, its chunk is in doubt.
     *
     * @param callTimeout 1 ms or more
     * @return this builder
     */
    public CloneClientBuilder callTimeout(Duration callTimeout) {
        this.callTimeout = requireNonNull(callTimeout, "callTimeout");
        return this;
    }

    /**
     * Sets for how long the instances of a chunk in doubt are looked up. Defaults to 30 s, during which they are looked
     * up five times. With zero, only {@link CloneClient#reconcile} looks them up, once. A chunk that was refused for
     * stock, quota or balance is in doubt until a look-up has shown no instance of it.
     *
     * @param reconcileFor zero or more
     * @return this builder
     */
    public CloneClientBuilder reconcileFor(Duration reconcileFor) {
        this.reconcileFor = requireNonNull(reconcileFor, "reconcileFor");
        return this;
    }

    /**
     * Sets whether a plan is sent if it cannot be looked up on the server before its first request. Defaults to {@link
     * UnverifiedPlans#REFUSE}.
     *
     * @param unverifiedPlans the choice
     * @return this builder
     */
    public CloneClientBuilder unverifiedPlans(UnverifiedPlans unverifiedPlans) {
        this.unverifiedPlans = requireNonNull(unverifiedPlans, "unverifiedPlans");
        return this;
    }

    /**
     * Sets how long the audit may take. It lists all instances of a plan when the plan's run ends, and compares them
     * with what was reported. Defaults to 5 s. Outcomes do not wait for the audit, and closing the client ends it. The
     * result is part of the {@link io.ramet.outcome.CloneReport#audit report}; instances that were not reported raise
     * the {@link CloneObserver#alarm alarm}.
     *
     * @param auditFor zero or more; zero switches the audit off
     * @return this builder
     */
    public CloneClientBuilder auditFor(Duration auditFor) {
        this.auditFor = requireNonNull(auditFor, "auditFor");
        return this;
    }

    /**
     * Sets what is checked before the purchase of a plan that the journal does not know yet. Defaults to {@link
     * PreflightPolicy#OFF}.
     *
     * @param preflight the choice
     * @return this builder
     */
    public CloneClientBuilder preflight(PreflightPolicy preflight) {
        this.preflight = requireNonNull(preflight, "preflight");
        return this;
    }

    /**
     * Sets what happens to a chunk in doubt whose instances are not found. Defaults to {@link DoubtPolicy#HOLD}.
     *
     * @param onDoubt the choice
     * @return this builder
     */
    public CloneClientBuilder onDoubt(DoubtPolicy onDoubt) {
        this.onDoubt = requireNonNull(onDoubt, "onDoubt");
        return this;
    }

    /**
     * Sets the time after which a purchase is assumed to be listed by DescribeInstances. Defaults to 2 minutes. The API
     * documents no figure; a larger value is safer. {@link DoubtPolicy#RESEND_WHEN_PROVEN} waits for this time. A chunk
     * that was refused for stock, quota or balance may have been delivered nevertheless, so the next run of its plan
     * sends it again only if it was settled longer ago than this time.
     *
     * @param visibilityLag zero or more
     * @return this builder
     */
    public CloneClientBuilder visibilityLag(Duration visibilityLag) {
        this.visibilityLag = requireNonNull(visibilityLag, "visibilityLag");
        return this;
    }

    /**
     * Sets the source of passwords for plans that are resumed or recovered by their id. Defaults to {@link
     * PasswordProvider#none()}.
     *
     * @param passwords called for each such plan whose request has a password
     * @return this builder
     */
    public CloneClientBuilder passwords(PasswordProvider passwords) {
        this.passwords = requireNonNull(passwords, "passwords");
        return this;
    }

    /**
     * {@linkplain CloneClient#recover Recovers} abandoned plans at an interval until the client is closed. Defaults to
     * never.
     *
     * @param interval poll interval, at least 100 ms; a few seconds suffice, because an abandoned plan cannot be
     *     claimed before its lease expires
     * @return this builder
     */
    public CloneClientBuilder recoverEvery(Duration interval) {
        this.recoverEvery = requireNonNull(interval, "interval");
        return this;
    }

    /**
     * Sets the wall clock for the timestamps of signatures. Defaults to the system's clock. When the server refuses a
     * timestamp, the client corrects the clock by the server's time.
     *
     * @param clock the clock
     * @return this builder
     */
    public CloneClientBuilder clock(Clock clock) {
        this.clock = requireNonNull(clock, "clock");
        return this;
    }

    /**
     * Sets the scheduler and the clock for delays. Defaults to two threads that all clients of this process share, so
     * that an application that blocks Reactor's threads cannot delay Ramet, and to {@link System#nanoTime}.
     *
     * @param timer runs delayed tasks
     * @param nanoTime nanoseconds that never go backwards, in step with the timer
     * @return this builder
     */
    public CloneClientBuilder time(Scheduler timer, LongSupplier nanoTime) {
        this.timer = requireNonNull(timer, "timer");
        this.nanoTime = requireNonNull(nanoTime, "nanoTime");
        return this;
    }

    /**
     * Sets the random generator that spreads the pauses before a request is sent again. Defaults to {@link Random},
     * which never blocks; no secret depends on it.
     *
     * @param random thread-safe; must not block
     * @return this builder
     */
    public CloneClientBuilder random(RandomGenerator random) {
        this.random = requireNonNull(random, "random");
        return this;
    }

    /** Tests set a parser that rejects unknown fields. */
    CloneClientBuilder json(ResponseJson json) {
        this.json = json;
        return this;
    }

    /**
     * Builds the client. It does not connect yet. The builder can be used again.
     *
     * @return the client; close it when done
     * @throws InvalidValueException if a setting is out of range; the message names the setting, its value and the rule
     */
    public CloneClient build() {
        if (region == null || region.isBlank()) {
            throw new InvalidValueException("region", "(none)", "is required, such as ap-guangzhou");
        }
        checkEndpoint();
        unless(maxInFlight >= 1 && maxInFlight <= 1000, "maxInFlight", maxInFlight, "must be 1 to 1000");
        unless(maxInDoubt >= 1, "maxInDoubt", maxInDoubt, "must be 1 or more");
        unless(maxInstances >= 1, "maxInstances", maxInstances, "must be 1 or more");
        unless(callTimeout.toMillis() >= 1, "callTimeout", callTimeout, "must be more than zero");
        unless(!reconcileFor.isNegative(), "reconcileFor", reconcileFor, "must be zero or more");
        unless(!auditFor.isNegative(), "auditFor", auditFor, "must be zero or more");
        unless(!visibilityLag.isNegative(), "visibilityLag", visibilityLag, "must be zero or more");
        if (recoverEvery != null) {
            unless(recoverEvery.toMillis() >= 100, "recoverEvery", recoverEvery, "must be 100 ms or more");
        }

        return new ReactorCloneClient(new CloneClientBuilder(this), region);
    }

    private void checkEndpoint() {
        EndpointRule.checkSecure("endpoint", endpoint, MAINLAND);
        String path = String.valueOf(endpoint.getRawPath());
        unless(
                (path.isEmpty() || path.equals("/"))
                        && endpoint.getRawQuery() == null
                        && endpoint.getRawFragment() == null,
                "endpoint",
                endpoint,
                "must have no path, query or fragment");
    }
}
