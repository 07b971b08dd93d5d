package io.ramet.simulator;

import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A type of instance, with the API's number for it. */
record ProductType(int id, String engine, String version, Architecture architecture) {

    /** The architecture, with the API's TypeVersion for it. */
    enum Architecture {
        SINGLE(1),
        STANDARD(2),
        CLUSTER(3);

        private final int typeVersion;

        Architecture(int typeVersion) {
            this.typeVersion = typeVersion;
        }
    }

    private static final ProductType UNKNOWN = new ProductType(0, "Redis", "0", Architecture.STANDARD);

    /** All types that the API documents, by their number. */
    static final Map<Integer, ProductType> ALL = Stream.of(
                    new ProductType(2, "Redis", "2.8", Architecture.STANDARD),
                    new ProductType(3, "CKV", "3.2", Architecture.STANDARD),
                    new ProductType(4, "CKV", "3.2", Architecture.CLUSTER),
                    new ProductType(5, "Redis", "2.8", Architecture.SINGLE),
                    new ProductType(6, "Redis", "4.0", Architecture.STANDARD),
                    new ProductType(7, "Redis", "4.0", Architecture.CLUSTER),
                    new ProductType(8, "Redis", "5.0", Architecture.STANDARD),
                    new ProductType(9, "Redis", "5.0", Architecture.CLUSTER),
                    new ProductType(15, "Redis", "6.2", Architecture.STANDARD),
                    new ProductType(16, "Redis", "6.2", Architecture.CLUSTER),
                    new ProductType(17, "Redis", "7.0", Architecture.STANDARD),
                    new ProductType(18, "Redis", "7.0", Architecture.CLUSTER),
                    new ProductType(19, "Valkey", "8.0", Architecture.STANDARD),
                    new ProductType(20, "Valkey", "8.0", Architecture.CLUSTER),
                    new ProductType(21, "Valkey", "9.0", Architecture.STANDARD),
                    new ProductType(22, "Valkey", "9.0", Architecture.CLUSTER),
                    new ProductType(200, "Memcached", "1.6", Architecture.CLUSTER))
            .collect(Collectors.toUnmodifiableMap(ProductType::id, Function.identity()));

    static ProductType of(int id) {
        return ALL.getOrDefault(id, UNKNOWN);
    }

    boolean cluster() {
        return architecture == Architecture.CLUSTER;
    }

    int typeVersion() {
        return architecture.typeVersion;
    }

    /** The name and version of the engine, such as Redis-6.2. */
    String engineName() {
        return engine + "-" + version;
    }

    /** The price enquiry does not know the newest types. */
    boolean sold() {
        return id != 0 && !engine.equals("Valkey");
    }
}
