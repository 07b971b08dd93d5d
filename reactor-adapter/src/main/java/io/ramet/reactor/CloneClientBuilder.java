package io.ramet.reactor;

import static io.ramet.error.InvalidValueException.unless;

import io.ramet.error.InvalidValueException;
import io.ramet.json.ResponseJson;
import io.ramet.model.Secret;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import io.ramet.reactor.call.CallResources;
import io.ramet.reactor.call.InstanceFinder;
import io.ramet.reactor.call.LookupQueue;
import io.ramet.reactor.call.Lookups;
import io.ramet.reactor.call.RequestSigner;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.reactor.observe.CloneListener;
import io.ramet.reactor.observe.CloneObserver;
import io.ramet.reactor.observe.SafeListener;
import io.ramet.reactor.observe.SafeObserver;
import io.ramet.reactor.run.RunState;
import io.ramet.reactor.shape.RequestShaper;
import io.ramet.reactor.transport.ApiTransport;
import io.ramet.reactor.transport.ReactorNettyTransport;
import io.ramet.sign.CredentialsProvider;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Collects what a {@link CloneClient} needs. Not thread-safe. */
public final class CloneClientBuilder {

    /** The host of the mainland site; {@code redis.intl.tencentcloudapi.com} is that of the international one. */
    public static final URI MAINLAND = URI.create("https://redis.tencentcloudapi.com");

    private static final int CREDENTIALS_THREADS = 8;
    private static final int IDLE_SECONDS = 60;
    /** At 35 look-ups a second: for responses that take a second. */
    private static final int LOOKUP_CONNECTIONS = 40;
    /** An answer to a purchase holds a hundred ids; a page of a listing holds a thousand instances. */
    private static final int MAX_ANSWER_BYTES = 1 << 20;

    private static final int MAX_LISTING_BYTES = 16 << 20;

    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    private @Nullable String region;
    private URI endpoint = MAINLAND;
    private CredentialsProvider credentials = CredentialsProvider.defaultChain();
    private ApiTransport.Factory transport = ReactorNettyTransport.plain();
    private @Nullable RequestShaper shaper;
    private @Nullable CloneJournal journal;
    private CloneListener listener = CloneListener.NONE;
    private final List<CloneObserver> observers = new ArrayList<>();
    private int maxInFlight = 40;
    private int maxInDoubt = 3;
    private int maxInstances = 1_000;
    private boolean stopOnRefusal = true;
    private Duration callTimeout = Duration.ofSeconds(60);
    private Duration reconcileFor = Duration.ofSeconds(30);
    private Duration auditFor = Duration.ofSeconds(5);
    private UnverifiedPlans unverifiedPlans = UnverifiedPlans.REFUSE;
    private DoubtPolicy onDoubt = DoubtPolicy.HOLD;
    private Duration visibilityLag = Duration.ofMinutes(2);
    private @Nullable Duration recoverEvery;
    private Function<PlanId, Mono<Secret>> passwords = plan -> Mono.empty();
    private Clock clock = Clock.systemUTC();
    private Scheduler timer = OwnTimer.THREADS;
    private LongSupplier nanoTime = System::nanoTime;
    private RandomGenerator random = new Random();
    private ResponseJson json = ResponseJson.lenient();

    /** Made when the first client needs them, and kept: a wait that ends after a client was closed still ends. */
    private static final class OwnTimer {
        static final Scheduler THREADS = Schedulers.newParallel("ramet-timer", 2, true);
    }

    CloneClientBuilder() {}

    /**
     * Sets the region the instances are in. Required.
     *
     * @param region such as {@code ap-guangzhou}; sent as {@code X-TC-Region}
     * @return this builder
     */
    public CloneClientBuilder region(String region) {
        this.region = region;
        return this;
    }

    /**
     * Sets the endpoint. Defaults to {@link #MAINLAND}. A regional host pins the gateway, and with it the limit.
     *
     * @param endpoint scheme, host and port; {@code http} is allowed to this machine only
     * @return this builder
     */
    public CloneClientBuilder endpoint(URI endpoint) {
        this.endpoint = endpoint;
        return this;
    }

    /**
     * Sets where credentials come from. Defaults to {@link CredentialsProvider#defaultChain()}.
     *
     * @param credentials asked before each call
     * @return this builder
     */
    public CloneClientBuilder credentials(CredentialsProvider credentials) {
        this.credentials = credentials;
        return this;
    }

    /**
     * Sets the transport. Defaults to {@link ReactorNettyTransport#plain()}; {@link ReactorNettyTransport#customizedBy} adds a proxy, TLS
     * settings or metrics.
     *
     * @param transport opens the connections
     * @return this builder
     */
    public CloneClientBuilder transport(ApiTransport.Factory transport) {
        this.transport = transport;
        return this;
    }

    /**
     * Sets the shaper of purchases. Defaults to a {@linkplain RequestShaper#window(int) window} of this client's own, at 20
     * requests a second. Clients that share an
     * account and a host must share a shaper.
     *
     * @param shaper makes calls wait for their turn
     * @return this builder
     */
    public CloneClientBuilder shaper(RequestShaper shaper) {
        this.shaper = shaper;
        return this;
    }

    /**
     * Sets the journal. Defaults to {@link CloneJournal#inMemory()}, which does not outlive the client. The client closes
     * it.
     *
     * @param journal where outcomes are kept
     * @return this builder
     */
    public CloneClientBuilder journal(CloneJournal journal) {
        this.journal = journal;
        return this;
    }

    /**
     * Sets who is told what happens. Defaults to nobody.
     *
     * @param listener is told
     * @return this builder
     */
    public CloneClientBuilder listener(CloneListener listener) {
        this.listener = listener;
        return this;
    }

    /**
     * Adds somebody who sees each run and each attempt, such as {@link io.ramet.reactor.observe.Micrometer} makes. By default
     * there is nobody.
     *
     * @param observer sees
     * @return this builder
     */
    public CloneClientBuilder observer(CloneObserver observer) {
        observers.add(observer);
        return this;
    }

    /**
     * Sets how many calls may be on their way at once. Defaults to 40, which at 20 calls a second allows for answers that
     * take two seconds.
     *
     * @param maxInFlight 1 to 1000
     * @return this builder
     */
    public CloneClientBuilder maxInFlight(int maxInFlight) {
        this.maxInFlight = maxInFlight;
        return this;
    }

    /**
     * Sets how many chunks of a plan in doubt stop its sending. Defaults to 3: by then the server or the network is sick.
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
     * @param maxInstances instances a plan, 1 or more
     * @return this builder
     */
    public CloneClientBuilder maxInstances(int maxInstances) {
        this.maxInstances = maxInstances;
        return this;
    }

    /**
     * Sets whether a refusal that every further chunk would share (balance, quota, permission, a bad parameter) stops the
     * sending. Defaults to true.
     *
     * @param stopOnRefusal false to go on with the other chunks
     * @return this builder
     */
    public CloneClientBuilder stopOnRefusal(boolean stopOnRefusal) {
        this.stopOnRefusal = stopOnRefusal;
        return this;
    }

    /**
     * Sets how long a call may take from its first byte to the last byte of its answer. Defaults to 60 s. After that its
     * chunk is in doubt.
     *
     * @param callTimeout more than zero
     * @return this builder
     */
    public CloneClientBuilder callTimeout(Duration callTimeout) {
        this.callTimeout = callTimeout;
        return this;
    }

    /**
     * Sets how long the instances of a chunk in doubt are looked up. Defaults to 30 s, in which they are looked up five
     * times; zero does not look them up.
     *
     * @param reconcileFor zero or more
     * @return this builder
     */
    public CloneClientBuilder reconcileFor(Duration reconcileFor) {
        this.reconcileFor = reconcileFor;
        return this;
    }

    /**
     * Sets what becomes of a plan that cannot be looked up on the server before its first request. Defaults to
     * {@link UnverifiedPlans#REFUSE}.
     *
     * @param unverifiedPlans the choice
     * @return this builder
     */
    public CloneClientBuilder unverifiedPlans(UnverifiedPlans unverifiedPlans) {
        this.unverifiedPlans = unverifiedPlans;
        return this;
    }

    /**
     * Sets how long the end of a run may take to list all instances of the plan and compare them with what was reported. Defaults
     * to 5 s. Outcomes do not wait for it, and closing the client ends it. What is found is in the {@link
     * io.ramet.outcome.CloneReport#audit report}; instances that were not reported raise the {@link
     * io.ramet.reactor.observe.CloneObserver#alarm alarm}.
     *
     * @param auditFor zero or more; zero does not audit
     * @return this builder
     */
    public CloneClientBuilder auditFor(Duration auditFor) {
        this.auditFor = auditFor;
        return this;
    }

    /**
     * Sets what becomes of a chunk in doubt whose instances are not found. Defaults to {@link DoubtPolicy#HOLD}.
     *
     * @param onDoubt the choice
     * @return this builder
     */
    public CloneClientBuilder onDoubt(DoubtPolicy onDoubt) {
        this.onDoubt = onDoubt;
        return this;
    }

    /**
     * Sets how soon a purchase is assumed to show in DescribeInstances. Defaults to 2 minutes. The API documents no figure: the
     * larger, the safer. {@link DoubtPolicy#RESEND_WHEN_PROVEN} waits for it, and so does a chunk that was refused for stock, quota
     * or balance: it may have been delivered all the same, so the next run of its plan sends it again only if it was settled
     * longer ago.
     *
     * @param visibilityLag zero or more
     * @return this builder
     */
    public CloneClientBuilder visibilityLag(Duration visibilityLag) {
        this.visibilityLag = visibilityLag;
        return this;
    }

    /**
     * Goes on with what other processes leave, as {@link CloneClient#recover} does, again and again until the client is
     * closed. Defaults to not doing it.
     *
     * @param every how long to wait in between, 100 ms or more; some seconds are enough, for a lease has to run out first
     * @param passwords the password of a plan's request; empty if it has none
     * @return this builder
     */
    public CloneClientBuilder recover(Duration every, Function<PlanId, Mono<Secret>> passwords) {
        this.recoverEvery = every;
        this.passwords = passwords;
        return this;
    }

    /**
     * Sets the wall clock that signatures are dated with. Defaults to the system's. It is corrected by the server's when
     * that refuses a timestamp.
     *
     * @param clock the clock
     * @return this builder
     */
    public CloneClientBuilder clock(Clock clock) {
        this.clock = clock;
        return this;
    }

    /**
     * Sets what time is measured and waited with. Defaults to two threads of Ramet's own, which all clients of this process
     * share and which an application cannot hold up by blocking Reactor's, and to {@link System#nanoTime}.
     *
     * @param timer where waits end
     * @param nanoTime nanoseconds that only go forward, in step with the timer
     * @return this builder
     */
    public CloneClientBuilder time(Scheduler timer, LongSupplier nanoTime) {
        this.timer = timer;
        this.nanoTime = nanoTime;
        return this;
    }

    /**
     * Sets where chance comes from: it spreads the pauses before a call is made again. Defaults to {@link Random}, which never
     * blocks, as a secure generator may; no secret depends on it.
     *
     * @param random the generator
     * @return this builder
     */
    public CloneClientBuilder random(RandomGenerator random) {
        this.random = random;
        return this;
    }

    /** For tests: fails on what it does not know. */
    CloneClientBuilder json(ResponseJson json) {
        this.json = json;
        return this;
    }

    /**
     * Builds the client. Connects nowhere yet.
     *
     * @return the client; close it when done
     * @throws InvalidValueException if a setting is out of its range; names it, its value and the rule
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
            unless(recoverEvery.toMillis() >= 100, "recover", recoverEvery, "must be 100 ms or more");
        }

        String host = endpoint.getHost() + (endpoint.getPort() < 0 ? "" : ":" + endpoint.getPort());
        // A provider that blocks for one plan leaves threads for the others.
        Scheduler blocking = Schedulers.newBoundedElastic(
                CREDENTIALS_THREADS, Integer.MAX_VALUE, CloneClientBuilder::credentialsThread, IDLE_SECONDS);
        RequestSigner signer = new RequestSigner(host, region, clock, credentials, blocking, timer);
        CloneJournal journals = journal != null ? journal : CloneJournal.inMemory();
        ApiTransport purchases = open("ramet-purchases", maxInFlight, MAX_ANSWER_BYTES);
        ApiTransport lookups = open("ramet-lookups", LOOKUP_CONNECTIONS, MAX_LISTING_BYTES);
        Lookups sender = new Lookups(
                signer,
                lookups,
                new LookupQueue(LOOKUP_CONNECTIONS),
                true,
                Map.of("DescribeInstances", window(35), "DescribeInstanceDealDetail", window(20)));
        Sinks.Empty<Void> closing = Sinks.empty();
        CallResources site = new CallResources(
                region,
                json,
                signer,
                shaper != null ? shaper : window(ClonePlan.CALLS_PER_SECOND),
                purchases,
                new InstanceFinder(sender, json),
                auditFor,
                unverifiedPlans == UnverifiedPlans.SEND,
                reconcileFor,
                visibilityLag,
                onDoubt == DoubtPolicy.RESEND_WHEN_PROVEN,
                closing.asMono(),
                new SafeListener(listener),
                new SafeObserver(List.copyOf(observers)),
                timer,
                random);
        ReactorCloneClient client = new ReactorCloneClient(
                site,
                journals,
                new RunState.Limits(maxInFlight, maxInDoubt, stopOnRefusal),
                maxInstances,
                closing,
                // Not disposeGracefully: it leaves a thread behind that holds the JVM for ten seconds.
                Mono.defer(() -> Mono.whenDelayError(
                        // The next client does not know what this one has sent.
                        site.shaper().quiet().onErrorComplete(),
                        purchases.close(),
                        lookups.close(),
                        journals.disposeLater(),
                        Mono.fromRunnable(blocking::dispose).subscribeOn(Schedulers.boundedElastic()))));
        if (recoverEvery != null) {
            client.recovery().every(recoverEvery, passwords);
        }
        return client;
    }

    /** Not one of Reactor's own kind: those must not block. */
    private static Thread credentialsThread(Runnable work) {
        Thread thread = new Thread(work, "ramet-credentials");
        thread.setDaemon(true);
        return thread;
    }

    private RequestShaper window(int callsPerSecond) {
        return RequestShaper.window(callsPerSecond, RequestShaper.JITTER, timer, nanoTime);
    }

    private ApiTransport open(String name, int connections, int maxResponseBytes) {
        return transport.open(
                new ApiTransport.Settings(name, endpoint, connections, callTimeout, maxResponseBytes, timer));
    }

    /** In clear, a signature could be sent again by whoever sees it, and a password read. */
    private void checkEndpoint() {
        unless(
                !String.valueOf(endpoint.getRawAuthority()).contains("@"),
                "endpoint",
                endpoint.getScheme() + "://...",
                "must hold no user and no password");
        String host = endpoint.getHost();
        unless(host != null, "endpoint", endpoint, "must have a scheme and a host, such as " + MAINLAND);
        unless(
                "https".equals(endpoint.getScheme())
                        || ("http".equals(endpoint.getScheme()) && LOOPBACK.contains(host)),
                "endpoint",
                endpoint,
                "must be https; http is for this machine only");
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
