package io.ramet.benchmarks.hotpath;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.SignRequest;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;

/** The model of TC3: Signature Version 4 of the same host, headers and body, by the signer of the AWS SDK. */
final class AwsSigner {

    private final AwsV4HttpSigner signer = AwsV4HttpSigner.create();
    private final SdkHttpRequest request = SdkHttpRequest.builder()
            .method(SdkHttpMethod.POST)
            .uri(URI.create("https://" + ExampleCall.HOST + "/"))
            .putHeader("Content-Type", "application/json")
            .putHeader("Host", ExampleCall.HOST)
            .putHeader("X-TC-Action", ExampleCall.ACTION)
            .build();
    private final AwsCredentialsIdentity identity = AwsCredentialsIdentity.create(
            ExampleCall.CREDENTIALS.secretId(),
            ExampleCall.CREDENTIALS.secretKey().reveal());
    private final Clock clock = Clock.fixed(Instant.ofEpochSecond(ExampleCall.TIMESTAMP), ZoneOffset.UTC);

    SdkHttpRequest sign(byte[] body) {
        return signer.sign(SignRequest.builder(identity)
                        .request(request)
                        .payload(ContentStreamProvider.fromByteArray(body))
                        .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "redis")
                        .putProperty(AwsV4HttpSigner.REGION_NAME, ExampleCall.REGION)
                        .putProperty(HttpSigner.SIGNING_CLOCK, clock)
                        .build())
                .request();
    }

    /** The same signature by the recipe in the documentation of AWS. */
    static String signature(byte[] body) throws GeneralSecurityException {
        String names = "content-type;host;x-amz-content-sha256;x-amz-date;x-tc-action";
        String date = "20261124";
        String time = date + "T060000Z";
        String scope = date + "/" + ExampleCall.REGION + "/redis/aws4_request";
        String hash = PlainSigner.hex(PlainSigner.sha256(body));
        String request = "POST\n/\n\ncontent-type:application/json\nhost:" + ExampleCall.HOST
                + "\nx-amz-content-sha256:" + hash + "\nx-amz-date:" + time + "\nx-tc-action:" + ExampleCall.ACTION
                + "\n\n" + names + "\n" + hash;
        byte[] key = ("AWS4" + ExampleCall.CREDENTIALS.secretKey().reveal()).getBytes(UTF_8);
        for (String part : List.of(date, ExampleCall.REGION, "redis", "aws4_request")) {
            key = PlainSigner.hmac(key, part);
        }
        return PlainSigner.hex(PlainSigner.hmac(
                key,
                "AWS4-HMAC-SHA256\n" + time + "\n" + scope + "\n"
                        + PlainSigner.hex(PlainSigner.sha256(request.getBytes(UTF_8)))));
    }
}
