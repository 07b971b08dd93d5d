package io.ramet.benchmarks.hotpath;

import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.SignRequest;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;

/** Signature Version 4, the model of TC3, of the same host, headers and body, by the signer of the AWS SDK. */
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
}
