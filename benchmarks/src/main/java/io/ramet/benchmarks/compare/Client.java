package io.ramet.benchmarks.compare;

import io.ramet.plan.ClonePlan;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.reactor.shape.RequestShaper;

/** The competitors by name. */
enum Client {
    RAMET("Ramet"),
    RAMET_STRICT("Ramet, strict"),
    RAMET_PACED("Ramet, paced"),
    RAMET_MEMORY("Ramet, journal in memory"),
    VENDOR_SDK("vendor's SDK"),
    VENDOR_SDK_WIDE("vendor's SDK, pool widened"),
    JDK_HTTP_CLIENT("JDK HttpClient, async"),
    WEB_CLIENT("Spring WebClient, flatMap"),
    REACTOR_NETTY("bare Reactor Netty, pooled"),
    REACTOR_NETTY_NEW("bare Reactor Netty, a connection each");

    private final String label;

    Client(String label) {
        this.label = label;
    }

    /** {@return its name in tables} */
    String label() {
        return label;
    }

    Competitor open(Settings settings) {
        return switch (this) {
            case RAMET -> onDisk(settings, RequestShaper.window(ClonePlan.CALLS_PER_SECOND));
            case RAMET_STRICT -> onDisk(settings, RequestShaper.strict(ClonePlan.CALLS_PER_SECOND));
            case RAMET_PACED -> onDisk(settings, RequestShaper.paced(ClonePlan.CALLS_PER_SECOND));
            case RAMET_MEMORY ->
                new RametClient(settings, CloneJournal.inMemory(), RequestShaper.window(ClonePlan.CALLS_PER_SECOND));
            case VENDOR_SDK, VENDOR_SDK_WIDE -> new VendorSdk(settings, this == VENDOR_SDK_WIDE);
            case JDK_HTTP_CLIENT -> new JdkHttpClient(settings);
            case WEB_CLIENT -> new SpringWebClient(settings);
            case REACTOR_NETTY, REACTOR_NETTY_NEW -> new ReactorNettyClient(settings, this == REACTOR_NETTY);
        };
    }

    private static Competitor onDisk(Settings settings, RequestShaper shaper) {
        return new RametClient(settings, RametClient.sqlite(), shaper);
    }
}
