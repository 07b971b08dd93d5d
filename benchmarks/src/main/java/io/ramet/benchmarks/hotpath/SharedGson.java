package io.ramet.benchmarks.hotpath;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.FieldNamingPolicy;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.tencentcloudapi.redis.v20180412.models.CloneInstancesRequest;
import io.ramet.benchmarks.hotpath.ExampleCall.Refusal;
import io.ramet.model.Deal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Gson as it is meant to be used: one for all calls, and each response read once. */
final class SharedGson {

    private final Gson requests =
            new GsonBuilder().excludeFieldsWithoutExposeAnnotation().create();
    private final Gson responses = new GsonBuilder()
            .setFieldNamingPolicy(FieldNamingPolicy.UPPER_CAMEL_CASE)
            .create();
    private final CloneInstancesRequest request = VendorSdk.request();

    byte[] body() {
        return requests.toJson(request).getBytes(UTF_8);
    }

    Deal read(byte[] json) {
        Response response = responses.fromJson(new String(json, UTF_8), Envelope.class).response;
        if (response.error != null) {
            throw new RefusedException(new Refusal(response.error.code, response.error.message, response.requestId));
        }
        return new Deal(response.dealId, response.dealName, response.instanceIds, response.requestId);
    }

    /** An error, thrown as by the others. */
    static final class RefusedException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        private final transient Refusal refusal;

        RefusedException(Refusal refusal) {
            super(refusal.toString());
            this.refusal = refusal;
        }

        Refusal refusal() {
            return refusal;
        }
    }

    private static final class Envelope {
        private Response response = new Response();
    }

    private static final class Response {
        private @Nullable ApiError error;
        private @Nullable String dealId;
        private @Nullable String dealName;
        private List<String> instanceIds = List.of();
        private String requestId = "";
    }

    private static final class ApiError {
        private String code = "";
        private String message = "";
    }
}
