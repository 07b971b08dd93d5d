package io.ramet.benchmarks.hotpath;

import io.ramet.json.CloneBodies;
import io.ramet.json.RequestJson;
import io.ramet.json.ResponseJson;
import io.ramet.model.Deal;
import io.ramet.sign.Tc3Signer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.infra.Blackhole;

/** A whole exchange without the network: encoding a chunk, signing it, and reading a response with one id. */
public class SumBenchmark extends TimePerCall {

    private final Deal deal = ExampleCall.deal(1);
    private final byte[] response = ExampleCall.response(deal);
    private final ResponseJson json = ResponseJson.lenient();
    private final CloneBodies bodies = RequestJson.shared().bodies(ExampleCall.PLAN);
    private final Tc3Signer signer = new Tc3Signer(ExampleCall.HOST, ExampleCall.ACTION);
    private final VendorSdk sdk = new VendorSdk();
    private final BodyFloor bodyFloor = BodyFloor.of(ExampleCall.body());
    private final SigningFloor signingFloor = SigningFloor.of(
            ExampleCall.CREDENTIALS, ExampleCall.HOST, ExampleCall.ACTION, ExampleCall.TIMESTAMP, ExampleCall.body());
    private final ResponseFloor responseFloor = ResponseFloor.of(response, ExampleCall.values(deal));

    /** Checks that the response is read; the other steps are checked in their own benchmarks. */
    @Setup
    public void check(Blackhole unread) {
        same(deal, ours(unread));
    }

    /** {@return the deal, by Ramet} */
    @Benchmark
    public Deal ours(Blackhole unread) {
        byte[] body = bodies.of(ExampleCall.CHUNK);
        unread.consume(signer.sign(ExampleCall.CREDENTIALS, ExampleCall.REGION, ExampleCall.TIMESTAMP, body));
        return json.readDeal(200, response);
    }

    /** {@return the response, by the vendor's SDK} */
    @Benchmark
    public Object vendor(Blackhole unread) throws Throwable {
        unread.consume(sdk.authorization(sdk.body()));
        return sdk.read(response);
    }

    /** {@return the strings in the response, by the three floors} */
    @Benchmark
    public String[] floor(Blackhole unread) throws CloneNotSupportedException {
        unread.consume(bodyFloor.body());
        unread.consume(signingFloor.signature(unread));
        return responseFloor.values();
    }
}
