package io.ramet.reactor;

import static java.util.Map.entry;

import io.ramet.plan.ClonePlan;
import io.ramet.reactor.call.CallResources;
import io.ramet.reactor.call.InstanceFinder;
import io.ramet.reactor.call.LookupQueue;
import io.ramet.reactor.call.Lookups;
import io.ramet.reactor.call.RequestSigner;
import io.ramet.reactor.credentials.CredentialsSources;
import io.ramet.reactor.credentials.RefreshingCredentials;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.reactor.observe.SafeObserver;
import io.ramet.reactor.shape.RequestShaper;
import io.ramet.reactor.transport.ApiTransport;
import io.ramet.reactor.transport.EndpointRule;
import io.ramet.reactor.transport.ReactorNettyCredentialsTransport;
import io.ramet.reactor.transport.SafeTransport;
import io.ramet.sign.CredentialsProvider;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * The parts of a client. It closes the parts that it creates here: connections and threads, and the journal and the
 * credentials chain unless they were given.
 *
 * @param calls the parts that requests need
 * @param services the look-ups of other services by their name
 * @param journal the journal that was given, or the client's own
 * @param closing completes {@link CallResources#closing}
 * @param close a cold Mono that closes everything
 */
record ClientResources(
        CallResources calls,
        Map<String, Lookups> services,
        CloneJournal journal,
        Sinks.Empty<Void> closing,
        Mono<Void> close) {

    /** The published limits of the other actions, in requests per second. */
    private static final Map<String, Integer> LIMITS = Map.ofEntries(
            entry("DescribeInstances", 35),
            entry("DescribeInstanceDealDetail", 20),
            entry("DescribeTaskList", 100),
            entry("DescribeInstanceBackups", 20),
            entry("DescribeSecondLevelBackupInfo", 20),
            entry("DescribeProductInfo", 20),
            entry("DescribeProjectSecurityGroups", 20),
            entry("DescribeInstanceSecurityGroup", 20),
            entry("DescribeParamTemplates", 20),
            entry("InquiryPriceCreateInstance", 20),
            entry("DestroyPostpaidInstance", 20),
            entry("DestroyPrepaidInstance", 20),
            entry("StartupInstance", 20));

    /** Other services that are queried before a purchase, each with the one action that is used. */
    private static final List<Service> SERVICES = List.of(
            new Service("vpc", "2017-03-12", "DescribeSubnets", 100),
            new Service("billing", "2018-07-09", "DescribeAccountBalance", 20),
            new Service("sts", "2018-08-13", "GetCallerIdentity", 20));

    private record Service(String name, String version, String action, int perSecond) {

        /**
         * {@return the service's endpoint, derived from that of Redis; an endpoint that is not the vendor's serves all
         * of them}
         */
        URI endpoint(URI redis) {
            return redis.getHost().startsWith("redis.")
                    ? URI.create(redis.toString().replaceFirst("//redis[.]", "//" + name + "."))
                    : redis;
        }
    }

    private static final int CREDENTIALS_THREADS = 8;
    private static final int IDLE_SECONDS = 60;
    /** Enough for 35 look-ups per second whose responses take a second. */
    private static final int LOOKUP_CONNECTIONS = 40;

    private static final int SERVICE_CONNECTIONS = 4;
    /** A response to a purchase holds a hundred ids; a page of a listing holds a thousand instances. */
    private static final int MAX_RESPONSE_BYTES = 1 << 20;

    private static final int MAX_LISTING_BYTES = 16 << 20;

    /** Opens no connection yet. */
    static ClientResources open(CloneClientBuilder settings, String region) {
        // A provider that blocks for one plan must leave threads for the others.
        Scheduler blocking = Schedulers.newBoundedElastic(
                CREDENTIALS_THREADS, Integer.MAX_VALUE, ClientResources::credentialsThread, IDLE_SECONDS);
        List<Mono<Void>> closers = new ArrayList<>();
        CredentialsProvider credentials = settings.credentials;
        if (credentials == null) {
            RefreshingCredentials chain = RefreshingCredentials.of(CredentialsSources.builder()
                            .transport(ReactorNettyCredentialsTransport.over(settings.network))
                            .build()
                            .defaultChain())
                    .build();
            credentials = chain;
            closers.add(Mono.fromRunnable(chain::close));
        }
        CloneJournal journal = settings.journal;
        if (journal == null) {
            journal = CloneJournal.inMemory();
            closers.add(journal.disposeLater());
        }
        RequestSigner signer = new RequestSigner(
                EndpointRule.hostHeader(settings.endpoint),
                region,
                settings.clock,
                credentials,
                blocking,
                settings.timer);
        ApiTransport purchases =
                open(settings, "ramet-purchases", settings.endpoint, settings.maxInFlight, MAX_RESPONSE_BYTES);
        ApiTransport listings =
                open(settings, "ramet-lookups", settings.endpoint, LOOKUP_CONNECTIONS, MAX_LISTING_BYTES);
        Lookups lookups = new Lookups(
                signer,
                listings,
                new LookupQueue(LOOKUP_CONNECTIONS),
                true,
                LIMITS.entrySet().stream()
                        .collect(Collectors.toMap(Map.Entry::getKey, limit -> window(settings, limit.getValue()))));
        Map<String, Lookups> services = SERVICES.stream()
                .collect(
                        Collectors.toMap(Service::name, service -> open(settings, service, signer, listings, closers)));
        RequestShaper shaper = settings.shaper != null ? settings.shaper : window(settings, ClonePlan.CALLS_PER_SECOND);
        Sinks.Empty<Void> closing = Sinks.empty();
        CallResources calls = new CallResources(
                region,
                settings.json,
                signer,
                shaper,
                purchases,
                settings.callTimeout,
                new InstanceFinder(lookups, settings.json),
                settings.auditFor,
                settings.unverifiedPlans == UnverifiedPlans.SEND,
                settings.reconcileFor,
                settings.visibilityLag,
                settings.onDoubt == DoubtPolicy.RESEND_WHEN_PROVEN,
                closing.asMono(),
                new SafeObserver(settings.observers),
                settings.timer,
                settings.random);
        // Waits, because the next client does not know what this one has sent.
        closers.add(Mono.defer(shaper::quiet).onErrorComplete());
        closers.add(Mono.defer(purchases::disposeLater));
        closers.add(Mono.defer(listings::disposeLater));
        // Not disposeGracefully, which leaves a thread that keeps the JVM alive for ten seconds.
        // On a new thread, because it may wait for a lock, and the application may block all threads of Reactor.
        closers.add(Mono.fromRunnable(() -> credentialsThread(blocking::dispose).start()));
        return new ClientResources(calls, services, journal, closing, Mono.whenDelayError(closers));
    }

    private static Lookups open(
            CloneClientBuilder settings,
            Service service,
            RequestSigner signer,
            ApiTransport listings,
            List<Mono<Void>> closers) {
        URI endpoint = service.endpoint(settings.endpoint);
        ApiTransport transport = listings;
        if (!endpoint.equals(settings.endpoint)) {
            transport = open(settings, "ramet-" + service.name(), endpoint, SERVICE_CONNECTIONS, MAX_RESPONSE_BYTES);
            closers.add(Mono.defer(transport::disposeLater));
        }
        return new Lookups(
                signer.forService(EndpointRule.hostHeader(endpoint), service.name(), service.version()),
                transport,
                new LookupQueue(SERVICE_CONNECTIONS),
                true,
                Map.of(service.action(), window(settings, service.perSecond())));
    }

    private static ApiTransport open(
            CloneClientBuilder settings, String name, URI endpoint, int connections, int maxResponseBytes) {
        return new SafeTransport(settings.transport.open(new ApiTransport.Settings(
                name,
                endpoint,
                connections,
                settings.callTimeout,
                maxResponseBytes,
                settings.timer,
                settings.network)));
    }

    private static RequestShaper window(CloneClientBuilder settings, int perSecond) {
        return RequestShaper.window(perSecond, RequestShaper.JITTER, settings.timer, settings.nanoTime);
    }

    /** Not a NonBlocking thread of Reactor: a credentials provider may block. */
    private static Thread credentialsThread(Runnable work) {
        Thread thread = new Thread(work, "ramet-credentials");
        thread.setDaemon(true);
        return thread;
    }
}
