package io.ramet.benchmarks.hotpath;

import io.ramet.sign.SignedHeaders;
import io.ramet.sign.Tc3Signer;
import java.security.GeneralSecurityException;
import java.util.Optional;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;
import software.amazon.awssdk.http.SdkHttpRequest;

/** Signing the example call. */
public class SigningBenchmark extends TimePerCall {

    private final byte[] body = ExampleCall.body();
    private final Tc3Signer signer = new Tc3Signer(ExampleCall.HOST, ExampleCall.ACTION);
    private final VendorSdk sdk = new VendorSdk();
    private final AwsSigner aws = new AwsSigner();
    private final PlainSigner plain = PlainSigner.likeOurs(ExampleCall.HOST, ExampleCall.ACTION);

    /** The floor of one thread, because its digests are not thread-safe. */
    @State(Scope.Thread)
    public static class Floor {
        private final SigningFloor floor = SigningFloor.of(
                ExampleCall.CREDENTIALS,
                ExampleCall.HOST,
                ExampleCall.ACTION,
                ExampleCall.TIMESTAMP,
                ExampleCall.body());
    }

    /** Checks all signatures of TC3 against plain ones, and that the AWS SDK signs the same body and headers. */
    @Setup
    public void check(Blackhole unread) throws Throwable {
        PlainSigner likeVendors = PlainSigner.likeVendors(ExampleCall.HOST);
        same(plain(), ours().authorization().reveal());
        same(likeVendors.authorization(ExampleCall.CREDENTIALS, ExampleCall.TIMESTAMP, body), vendor());
        same(plain(), plain().replaceAll("[^=]*$", "") + PlainSigner.hex(floor(new Floor(), unread)));
        SdkHttpRequest aws = aws();
        same(Optional.of(PlainSigner.hex(PlainSigner.sha256(body))), aws.firstMatchingHeader("x-amz-content-sha256"));
        String authorization = aws.firstMatchingHeader("Authorization").orElse("");
        same(
                "content-type;host;x-amz-content-sha256;x-amz-date;x-tc-action",
                authorization.replaceAll(".*SignedHeaders=|,.*", ""));
    }

    /** {@return all headers of the request} */
    @Benchmark
    public SignedHeaders ours() {
        return signer.sign(ExampleCall.CREDENTIALS, ExampleCall.REGION, ExampleCall.TIMESTAMP, body);
    }

    /** {@return the Authorization header, by the vendor's SDK} */
    @Benchmark
    public String vendor() throws Throwable {
        return sdk.authorization(body);
    }

    /** {@return the request with its new headers} */
    @Benchmark
    public SdkHttpRequest aws() {
        return aws.sign(body);
    }

    /** {@return the Authorization header, by the steps of the documentation} */
    @Benchmark
    public String plain() throws GeneralSecurityException {
        return plain.authorization(ExampleCall.CREDENTIALS, ExampleCall.TIMESTAMP, body);
    }

    /** {@return the signature, by only the hashing that cannot be avoided} */
    @Benchmark
    public byte[] floor(Floor own, Blackhole unread) throws CloneNotSupportedException {
        return own.floor.signature(unread);
    }
}
