package io.ramet.benchmarks;

import io.ramet.model.Secret;
import io.ramet.sign.SignedHeaders;
import io.ramet.sign.Tc3Signer;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** Signing the example call: ours between the plain way and the floor. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class SigningBenchmark {

    private final byte[] body = ExampleCall.body();
    private final Tc3Signer signer = new Tc3Signer(ExampleCall.HOST, ExampleCall.ACTION);
    private final SigningFloor floor =
            SigningFloor.of(ExampleCall.CREDENTIALS, ExampleCall.HOST, ExampleCall.ACTION, ExampleCall.TIMESTAMP, body);

    /**
     * Checks that all come to the same signature, so that nobody wins by doing less.
     *
     * @param unread takes the floor's unused hashes
     * @throws GeneralSecurityException if the JDK has no SHA-256
     * @throws CloneNotSupportedException if its SHA-256 cannot be cloned
     */
    @Setup
    public void check(Blackhole unread) throws GeneralSecurityException, CloneNotSupportedException {
        String plain = plain();
        Secret authorization = ours().authorization();
        if (!authorization.equals(Secret.of(plain))) {
            throw new IllegalStateException("ours is not " + plain);
        }
        String signature = HexFormat.of().formatHex(floor(unread));
        if (!plain.endsWith("Signature=" + signature)) {
            throw new IllegalStateException("the floor's " + signature + " is not that of " + plain);
        }
    }

    /** {@return what the client sends} */
    @Benchmark
    public SignedHeaders ours() {
        return signer.sign(ExampleCall.CREDENTIALS, ExampleCall.REGION, ExampleCall.TIMESTAMP, body);
    }

    /**
     * The documentation's recipe.
     *
     * @return the Authorization header
     * @throws GeneralSecurityException if the JDK has no SHA-256
     */
    @Benchmark
    public String plain() throws GeneralSecurityException {
        return PlainSigner.authorization(
                ExampleCall.CREDENTIALS, ExampleCall.HOST, ExampleCall.ACTION, ExampleCall.TIMESTAMP, body);
    }

    /**
     * The hashing that cannot be avoided.
     *
     * @param unread takes the hashes that only a text would be made of
     * @return the signature
     * @throws CloneNotSupportedException if the JDK's SHA-256 cannot be cloned
     */
    @Benchmark
    public byte[] floor(Blackhole unread) throws CloneNotSupportedException {
        return floor.signature(unread);
    }
}
