package io.ramet.benchmarks.hotpath;

import com.tencentcloudapi.common.exception.TencentCloudSDKException;
import com.tencentcloudapi.redis.v20180412.models.CloneInstancesResponse;
import io.ramet.error.ApiRefusal;
import io.ramet.json.ResponseJson;
import io.ramet.model.Deal;
import java.util.List;
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

    /** Checks that all competitors read the same. */
    @Setup
    public void check() throws Throwable {
        boolean refused = response.equals(ERROR);
        Deal deal = ExampleCall.deal(refused ? 0 : Integer.parseInt(response));
        List<String> expected = refused ? ExampleCall.REFUSAL : ExampleCall.values(deal);
        body = refused ? ExampleCall.refusal() : ExampleCall.response(deal);
        floor = ResponseFloor.of(body, expected);
        for (Object read : List.of(ours(), vendor(), gson(), floor())) {
            same(expected, values(read));
        }
    }

    @SuppressWarnings("deprecation") // The vendor is about to retire the DealId.
    private static List<String> values(Object read) {
        if (read instanceof Deal deal) {
            return ExampleCall.values(deal);
        } else if (read instanceof CloneInstancesResponse sdk) {
            return ExampleCall.values(
                    new Deal(sdk.getDealId(), sdk.getDealName(), List.of(sdk.getInstanceIds()), sdk.getRequestId()));
        } else if (read instanceof ApiRefusal refused) {
            return List.of(
                    refused.code().name(), refused.text(), refused.requestId().orElse(""));
        } else if (read instanceof TencentCloudSDKException refused) {
            return List.of(refused.getErrorCode(), refused.getMessage(), refused.getRequestId());
        }
        return List.of((String[]) read);
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

    /** {@return a response or an exception of the vendor's SDK} */
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
        } catch (TencentCloudSDKException refused) {
            return refused;
        }
    }

    /** {@return the strings in the response} */
    @Benchmark
    public String[] floor() {
        return floor.values();
    }
}
