package io.ramet.benchmarks.compare;

/** The contenders by name. */
enum Client {
    RAMET("Ramet"),
    RAMET_MEMORY("Ramet, journal in memory"),
    VENDOR_SDK("vendor's SDK"),
    VENDOR_SDK_WIDE("vendor's SDK, pool widened"),
    JDK_HTTP_CLIENT("JDK HttpClient, async"),
    WEB_CLIENT("Spring WebClient, flatMap");

    private final String label;

    Client(String label) {
        this.label = label;
    }

    /** {@return what people call it} */
    String label() {
        return label;
    }

    Competitor open(Settings settings) {
        return switch (this) {
            case RAMET, RAMET_MEMORY -> new RametClient(settings, this == RAMET_MEMORY);
            case VENDOR_SDK, VENDOR_SDK_WIDE -> new VendorSdk(settings, this == VENDOR_SDK_WIDE);
            case JDK_HTTP_CLIENT -> new JdkHttpClient(settings);
            case WEB_CLIENT -> new SpringWebClient(settings);
        };
    }
}
