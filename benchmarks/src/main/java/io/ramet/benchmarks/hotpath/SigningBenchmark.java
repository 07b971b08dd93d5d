package io.ramet.benchmarks.hotpath;

import io.ramet.sign.SignedHeaders;
import io.ramet.sign.Tc3Signer;
import java.security.GeneralSecurityException;
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

    /** One for each thread, because its digests are not thread-safe. */
    @State(Scope.Thread)
    public static class Floor {
        private final SigningFloor floor = SigningFloor.of(
                ExampleCall.CREDENTIALS,
                ExampleCall.HOST,
                ExampleCall.ACTION,
                ExampleCall.TIMESTAMP,
                ExampleCall.body());
    }

    /**
     * Checks all signatures against the plain ones.
     *
     * @param unread takes the floor's unused hashes
     * @throws Throwable if a competitor cannot sign
     */
    @Setup
    public void check(Blackhole unread) throws Throwable {
        PlainSigner likeVendors = PlainSigner.likeVendors(ExampleCall.HOST);
        same(plain(), ours().authorization().reveal());
        same(likeVendors.authorization(ExampleCall.CREDENTIALS, ExampleCall.TIMESTAMP, body), vendor());
        same(plain(), plain().replaceAll("[^=]*$", "") + PlainSigner.hex(floor(new Floor(), unread)));
        String authorization = aws().firstMatchingHeader("Authorization").orElse("");
        same(AwsSigner.signature(body), authorization.replaceAll(".*=", ""));
    }

    /** {@return all headers of the request} */
    @Benchmark
    public SignedHeaders ours() {
        return signer.sign(ExampleCall.CREDENTIALS, ExampleCall.REGION, ExampleCall.TIMESTAMP, body);
    }

    /**
     * The vendor's SDK.
     *
     * @return the Authorization header
     * @throws Throwable if it cannot sign
     */
    @Benchmark
    public String vendor() throws Throwable {
        return sdk.authorization(body);
    }

    /** {@return the request with its new headers} */
    @Benchmark
    public SdkHttpRequest aws() {
        return aws.sign(body);
    }

    /**
     * The documentation's recipe.
     *
     * @return the Authorization header
     * @throws GeneralSecurityException if the JDK has no SHA-256
     */
    @Benchmark
    public String plain() throws GeneralSecurityException {
        return plain.authorization(ExampleCall.CREDENTIALS, ExampleCall.TIMESTAMP, body);
    }

    /**
     * The hashing that cannot be avoided.
     *
     * @param own the floor of the thread
     * @param unread takes the hashes that would only become text
     * @return the signature
     * @throws CloneNotSupportedException if the JDK's SHA-256 cannot be cloned
     */
    @Benchmark
    public byte[] floor(Floor own, Blackhole unread) throws CloneNotSupportedException {
        return own.floor.signature(unread);
    }
}
