package io.ramet.benchmarks.compare;

import com.tencentcloudapi.common.Credential;
import com.tencentcloudapi.common.exception.TencentCloudSDKException;
import com.tencentcloudapi.common.profile.ClientProfile;
import com.tencentcloudapi.common.profile.HttpProfile;
import com.tencentcloudapi.redis.v20180412.RedisClient;
import com.tencentcloudapi.redis.v20180412.models.CloneInstancesRequest;
import io.ramet.plan.CloneChunk;
import io.ramet.plan.ClonePlan;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import okhttp3.ConnectionPool;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/**
 * The vendor's SDK. Without a limit it uses a thread for each request in flight; with one, a single loop that sleeps 50
 * ms after each request, and 1 s after a throttled one.
 */
final class VendorSdk implements Competitor {

    private static final long PAUSE_MILLIS = 50;
    private static final long THROTTLED_MILLIS = 1_000;

    private final boolean limited;
    private final int threads;
    private final RedisClient client;
    private final ExecutorService executor;

    VendorSdk(Settings settings, boolean widePool) {
        this.limited = settings.limited();
        this.threads = limited ? 1 : settings.inFlight();
        this.client = client(settings.uri(), settings.timeoutMillis(), widePool ? pooling(settings) : null);
        this.executor = Executors.newFixedThreadPool(threads);
    }

    /** The client with no more than it needs, so that its start can be measured. */
    static RedisClient client(URI endpoint, int timeoutMillis, @Nullable OkHttpClient http) {
        HttpProfile profile = new HttpProfile();
        profile.setProtocol(HttpProfile.REQ_HTTP);
        profile.setEndpoint(endpoint.getAuthority());
        profile.setReadTimeout(Math.max(1, timeoutMillis / 1000));
        if (http != null) {
            profile.setHttpClient(http);
        }
        ClientProfile whole = new ClientProfile();
        whole.setHttpProfile(profile);
        return new RedisClient(new Credential(Fixtures.SECRET_ID, Fixtures.SECRET_KEY), Fixtures.REGION, whole);
    }

    private static OkHttpClient pooling(Settings settings) {
        return new OkHttpClient.Builder()
                .connectionPool(new ConnectionPool(settings.inFlight(), 5, TimeUnit.MINUTES))
                .readTimeout(settings.timeoutMillis(), TimeUnit.MILLISECONDS)
                .build();
    }

    static CloneInstancesRequest request(long goodsNum, boolean monthly, String name) {
        CloneInstancesRequest request = new CloneInstancesRequest();
        request.setInstanceId(Fixtures.SOURCE);
        request.setBackupId(Fixtures.BACKUP);
        request.setGoodsNum(goodsNum);
        request.setZoneId((long) Fixtures.ZONE);
        request.setBillingMode(monthly ? 1L : 0L);
        request.setPeriod(1L);
        request.setSecurityGroupIdList(new String[] {Fixtures.SECURITY_GROUP});
        request.setVpcId(Fixtures.VPC);
        request.setSubnetId(Fixtures.SUBNET);
        request.setInstanceName(name);
        request.setPassword(Fixtures.PASSWORD);
        return request;
    }

    @Override
    public void buy(ClonePlan plan, CallerView view) {
        AtomicInteger next = new AtomicInteger();
        CompletableFuture.allOf(IntStream.range(0, threads)
                        .mapToObj(thread -> CompletableFuture.runAsync(() -> loop(plan, next, view), executor))
                        .toArray(CompletableFuture[]::new))
                .join();
    }

    private void loop(ClonePlan plan, AtomicInteger next, CallerView view) {
        for (int index = next.getAndIncrement(); index < plan.size(); index = next.getAndIncrement()) {
            call(plan, plan.chunk(index), view);
            if (limited) {
                sleep(PAUSE_MILLIS);
            }
        }
    }

    private void call(ClonePlan plan, CloneChunk chunk, CallerView view) {
        boolean monthly = plan.request().billingMode().wireValue() == 1;
        while (true) {
            try {
                view.deal(List.of(client.CloneInstances(request(chunk.goodsNum(), monthly, chunk.instanceName()))
                        .getInstanceIds()));
                return;
            } catch (TencentCloudSDKException | RuntimeException e) {
                boolean throttled = e instanceof TencentCloudSDKException refused
                        && String.valueOf(refused.getErrorCode()).startsWith("RequestLimitExceeded");
                if (!throttled) {
                    return;
                }
                sleep(THROTTLED_MILLIS);
            }
        }
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
