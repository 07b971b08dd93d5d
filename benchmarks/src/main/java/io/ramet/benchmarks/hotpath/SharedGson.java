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

/** Gson as it is meant to be used: one for all calls, and each answer read once. */
final class SharedGson {

    private final Gson requests =
            new GsonBuilder().excludeFieldsWithoutExposeAnnotation().create();
    private final Gson answers = new GsonBuilder()
            .setFieldNamingPolicy(FieldNamingPolicy.UPPER_CAMEL_CASE)
            .create();
    private final CloneInstancesRequest request = VendorSdk.request();

    byte[] body() {
        return requests.toJson(request).getBytes(UTF_8);
    }

    Deal read(byte[] json) {
        Answer answer = answers.fromJson(new String(json, UTF_8), Envelope.class).response;
        if (answer.error != null) {
            throw new RefusedException(new Refusal(answer.error.code, answer.error.message, answer.requestId));
        }
        return new Deal(answer.dealId, answer.dealName, answer.instanceIds, answer.requestId);
    }

    /** As the others throw one. */
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
        private Answer response = new Answer();
    }

    private static final class Answer {
        private @Nullable Problem error;
        private @Nullable String dealId;
        private @Nullable String dealName;
        private List<String> instanceIds = List.of();
        private String requestId = "";
    }

    private static final class Problem {
        private String code = "";
        private String message = "";
    }
}
