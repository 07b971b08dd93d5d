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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.ConnectionPool;
import okhttp3.OkHttpClient;

/**
 * The vendor's SDK: without a limit, a thread for each request in flight; with one, a loop that sleeps a twentieth of a
 * second after each request, and a second when it was throttled.
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

    /** The least that the SDK needs, for the measurement of its start. */
    static RedisClient client(URI endpoint, int timeoutMillis, @org.jspecify.annotations.Nullable OkHttpClient http) {
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
        List<Future<?>> running = new ArrayList<>();
        for (int thread = 0; thread < threads; thread++) {
            running.add(executor.submit(() -> loop(plan, next, view)));
        }
        for (Future<?> loop : running) {
            join(loop);
        }
    }

    private static void join(Future<?> loop) {
        try {
            loop.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
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
                    view.failed(chunk.goodsNum());
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
