package io.ramet.benchmarks.hotpath;

import com.tencentcloudapi.common.exception.TencentCloudSDKException;
import com.tencentcloudapi.redis.v20180412.models.CloneInstancesResponse;
import io.ramet.benchmarks.hotpath.ExampleCall.Refusal;
import io.ramet.benchmarks.hotpath.SharedGson.RefusedException;
import io.ramet.error.ApiRefusal;
import io.ramet.json.ResponseJson;
import io.ramet.model.Deal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** Reading a response: a deal, or an error, which is thrown and caught. */
public class ParsingBenchmark extends TimePerCall {

    private static final String ERROR = "error";

    /** The number of instance ids in the response, or that it is an error. */
    @Param({"1", "30", "100", ERROR})
    public String response = "1";

    private final ResponseJson json = ResponseJson.lenient();
    private final VendorSdk sdk = new VendorSdk();
    private final SharedGson gson = new SharedGson();
    private byte[] body = {};
    private ResponseFloor floor = ResponseFloor.of(body, List.of());

    /**
     * Checks that all competitors read the same.
     *
     * @throws Throwable if a competitor cannot read it
     */
    @Setup
    public void check() throws Throwable {
        Refusal refusal = ExampleCall.refusal();
        Deal deal = ExampleCall.deal(response.equals(ERROR) ? 0 : Integer.parseInt(response));
        boolean refused = response.equals(ERROR);
        body = refused ? ExampleCall.response(refusal) : ExampleCall.response(deal);
        floor = ResponseFloor.of(body, refused ? values(refusal) : values(deal));
        for (Object read : List.of(ours(), vendor(), gson(), floor())) {
            same(refused ? values(refusal) : values(deal), values(read));
        }
    }

    @SuppressWarnings("deprecation") // The vendor is about to retire the DealId.
    private static List<String> values(Object read) {
        if (read instanceof Deal deal) {
            return values(deal.dealId(), deal.dealName(), deal.requestId(), deal.instanceIds());
        } else if (read instanceof CloneInstancesResponse response) {
            return values(
                    response.getDealId(),
                    response.getDealName(),
                    response.getRequestId(),
                    List.of(response.getInstanceIds()));
        } else if (read instanceof ApiRefusal refused) {
            return List.of(
                    refused.code().name(), refused.text(), refused.requestId().orElse(""));
        } else if (read instanceof TencentCloudSDKException refused) {
            return List.of(refused.getErrorCode(), refused.getMessage(), refused.getRequestId());
        } else if (read instanceof RefusedException refused) {
            return values(refused.refusal());
        } else if (read instanceof Refusal refusal) {
            return List.of(refusal.code(), refusal.message(), refusal.requestId());
        }
        return List.of((String[]) read);
    }

    private static List<String> values(
            @Nullable String dealId, @Nullable String dealName, @Nullable String requestId, List<String> instanceIds) {
        List<String> values = new ArrayList<>(List.of("" + dealId, "" + dealName, "" + requestId));
        values.addAll(instanceIds);
        return values;
    }

    /** {@return a deal or a refusal} */
    @Benchmark
    public Object ours() {
        try {
            return json.readDeal(200, body);
        } catch (ApiRefusal refused) {
            return refused;
        }
    }

    /**
     * The vendor's SDK.
     *
     * @return a response or an exception
     * @throws Throwable if it cannot read the response
     */
    @Benchmark
    public Object vendor() throws Throwable {
        try {
            return sdk.read(body);
        } catch (TencentCloudSDKException refused) {
            return refused;
        }
    }

    /** {@return a deal or an exception} */
    @Benchmark
    public Object gson() {
        try {
            return gson.read(body);
        } catch (RefusedException refused) {
            return refused;
        }
    }

    /** {@return the strings in the response} */
    @Benchmark
    public String[] floor() {
        return floor.values();
    }
}
