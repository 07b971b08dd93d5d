package io.ramet.benchmarks.hotpath;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.reflect.TypeToken;
import com.tencentcloudapi.common.AbstractClient;
import com.tencentcloudapi.common.AbstractModel;
import com.tencentcloudapi.common.Credential;
import com.tencentcloudapi.common.JsonResponseErrModel;
import com.tencentcloudapi.common.JsonResponseModel;
import com.tencentcloudapi.common.exception.TencentCloudSDKException;
import com.tencentcloudapi.redis.v20180412.RedisClient;
import com.tencentcloudapi.redis.v20180412.models.CloneInstancesRequest;
import com.tencentcloudapi.redis.v20180412.models.CloneInstancesResponse;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Type;
import java.util.HashMap;
import java.util.Map;

/** The steps of the vendor's SDK: its own code, in its own order. */
final class VendorSdk {

    /** The SDK itself calls this method only when it sends a request. */
    private static final MethodHandle AUTHORIZATION = authorizationOfTheSdk();

    private static final MethodHandle CODE = textOfAnError("code");
    private static final MethodHandle MESSAGE = textOfAnError("message");

    private final RedisClient client = new RedisClient(
            new Credential(
                    ExampleCall.CREDENTIALS.secretId(),
                    ExampleCall.CREDENTIALS.secretKey().reveal()),
            ExampleCall.REGION);
    private final HashMap<String, String> headers = new HashMap<>(Map.of(
            "Content-Type", "application/json; charset=utf-8", "X-TC-Timestamp", Long.toString(ExampleCall.TIMESTAMP)));
    private final CloneInstancesRequest request = request();

    /** The Authorization header; the SDK signs fewer headers than Ramet. */
    String authorization(byte[] body) throws Throwable {
        return (String) AUTHORIZATION.invokeExact((AbstractClient) client, headers, body);
    }

    byte[] body() {
        return AbstractModel.toJsonString(request).getBytes(UTF_8);
    }

    /** Reads as {@code processResponseJson} does: once to see whether it is an error, and again if it is not. */
    CloneInstancesResponse read(byte[] response) throws Throwable {
        String json = new String(response, UTF_8);
        Type errorType = new TypeToken<JsonResponseModel<JsonResponseErrModel>>() {}.getType();
        JsonResponseErrModel either =
                client.gson.<JsonResponseModel<JsonResponseErrModel>>fromJson(json, errorType).response;
        Object error = either.error;
        if (error != null) {
            String message = (String) MESSAGE.invokeExact(error);
            String code = (String) CODE.invokeExact(error);
            throw new TencentCloudSDKException(message, either.requestId, code);
        }
        Type type = TypeToken.getParameterized(JsonResponseModel.class, CloneInstancesResponse.class)
                .getType();
        return client.gson.<JsonResponseModel<CloneInstancesResponse>>fromJson(json, type).response;
    }

    /** The example request as a model of the SDK. */
    static CloneInstancesRequest request() {
        return AbstractModel.fromJsonString(new String(ExampleCall.body(), UTF_8), CloneInstancesRequest.class);
    }

    private static MethodHandle authorizationOfTheSdk() {
        try {
            return MethodHandles.privateLookupIn(AbstractClient.class, MethodHandles.lookup())
                    .findVirtual(
                            AbstractClient.class,
                            "getAuthorization",
                            MethodType.methodType(String.class, HashMap.class, byte[].class));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this version of the vendor's SDK has other members", e);
        }
    }

    private static MethodHandle textOfAnError(String field) {
        try {
            Class<?> error = JsonResponseErrModel.class.getField("error").getType();
            return MethodHandles.privateLookupIn(error, MethodHandles.lookup())
                    .findGetter(error, field, String.class)
                    .asType(MethodType.methodType(String.class, Object.class));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this version of the vendor's SDK has other members", e);
        }
    }
}
