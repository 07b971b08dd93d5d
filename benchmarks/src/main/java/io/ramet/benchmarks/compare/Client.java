package io.ramet.benchmarks.compare;

/** The competitors by name. */
enum Client {
    RAMET("Ramet"),
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
            case RAMET, RAMET_MEMORY -> new RametClient(settings, this == RAMET_MEMORY);
            case VENDOR_SDK, VENDOR_SDK_WIDE -> new VendorSdk(settings, this == VENDOR_SDK_WIDE);
            case JDK_HTTP_CLIENT -> new JdkHttpClient(settings);
            case WEB_CLIENT -> new SpringWebClient(settings);
            case REACTOR_NETTY, REACTOR_NETTY_NEW -> new ReactorNettyClient(settings, this == REACTOR_NETTY);
        };
    }
}
