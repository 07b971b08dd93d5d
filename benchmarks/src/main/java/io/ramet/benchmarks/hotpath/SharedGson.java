package io.ramet.benchmarks.hotpath;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.FieldNamingPolicy;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.tencentcloudapi.common.exception.TencentCloudSDKException;
import com.tencentcloudapi.redis.v20180412.models.CloneInstancesRequest;
import io.ramet.model.Deal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Gson as it is meant to be used: one instance for all requests, and each response read once. */
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

    Deal read(byte[] json) throws TencentCloudSDKException {
        Response response = responses.fromJson(new String(json, UTF_8), Envelope.class).response;
        if (response.error != null) {
            throw new TencentCloudSDKException(response.error.message, response.requestId, response.error.code);
        }
        return new Deal(response.dealId, response.dealName, response.instanceIds, response.requestId);
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
