package io.ramet.benchmarks.compare;

import io.ramet.error.ApiRefusal;
import io.ramet.error.ErrorCode.Kind;
import io.ramet.json.CloneBodies;
import io.ramet.json.RequestJson;
import io.ramet.json.ResponseJson;
import io.ramet.plan.ClonePlan;
import io.ramet.sign.Credentials;
import io.ramet.sign.SignedHeaders;
import io.ramet.sign.Tc3Signer;
import java.time.Instant;
import java.util.List;

/**
 * Signing, writing and reading for bare HTTP clients, with Ramet's own core, so that they differ from Ramet only as
 * clients.
 */
final class WireCall {

    private final ResponseJson json = ResponseJson.lenient();
    private final Credentials credentials = Fixtures.credentials();
    private final Tc3Signer signer;

    WireCall(Settings settings) {
        this.signer = new Tc3Signer(settings.uri().getAuthority(), "CloneInstances");
    }

    CloneBodies bodies(ClonePlan plan) {
        return RequestJson.shared().bodies(plan);
    }

    SignedHeaders sign(byte[] body) {
        return signer.sign(credentials, Fixtures.REGION, Instant.now().getEpochSecond(), body);
    }

    List<String> read(int status, byte[] body) {
        return json.readDeal(status, body).instanceIds();
    }

    /** Throttled requests may be sent again. */
    static boolean throttled(Throwable failure) {
        return failure instanceof ApiRefusal refusal && refusal.code().kind() == Kind.THROTTLED;
    }
}
