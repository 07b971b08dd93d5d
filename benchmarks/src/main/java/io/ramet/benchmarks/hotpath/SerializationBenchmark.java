package io.ramet.benchmarks.hotpath;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonParser;
import io.ramet.json.CloneBodies;
import io.ramet.json.RequestJson;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;

/** Encoding one chunk of a plan. */
public class SerializationBenchmark extends TimePerCall {

    private final CloneBodies bodies = RequestJson.shared().bodies(ExampleCall.PLAN);
    private final VendorSdk sdk = new VendorSdk();
    private final SharedGson gson = new SharedGson();
    private final BodyFloor floor = BodyFloor.of(bodies.of(ExampleCall.CHUNK));

    /** Checks that all competitors write the same; the order of the fields is free. */
    @Setup
    public void check() {
        same(ours().length, vendor().length);
        same(JsonParser.parseString(text(ours())), JsonParser.parseString(text(vendor())));
        same(text(vendor()), text(gson()));
        same(text(ours()), text(floor()));
    }

    private static String text(byte[] body) {
        return new String(body, UTF_8);
    }

    /** {@return the request's bytes with this chunk's GoodsNum and InstanceName} */
    @Benchmark
    public byte[] ours() {
        return bodies.of(ExampleCall.CHUNK);
    }

    /** {@return the body as the vendor's SDK makes it} */
    @Benchmark
    public byte[] vendor() {
        return sdk.body();
    }

    /** {@return the body as Gson makes it} */
    @Benchmark
    public byte[] gson() {
        return gson.body();
    }

    /** {@return the body, copied} */
    @Benchmark
    public byte[] floor() {
        return floor.body();
    }
}
