package io.ramet.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.tencentcloudapi.common.Credential;
import com.tencentcloudapi.common.exception.TencentCloudSDKException;
import com.tencentcloudapi.common.profile.ClientProfile;
import com.tencentcloudapi.common.profile.HttpProfile;
import com.tencentcloudapi.redis.v20180412.RedisClient;
import com.tencentcloudapi.redis.v20180412.models.CloneInstancesRequest;
import com.tencentcloudapi.redis.v20180412.models.CloneInstancesResponse;
import com.tencentcloudapi.redis.v20180412.models.DescribeInstanceDealDetailRequest;
import com.tencentcloudapi.redis.v20180412.models.DescribeInstancesRequest;
import com.tencentcloudapi.redis.v20180412.models.InstanceSet;
import com.tencentcloudapi.redis.v20180412.models.ResourceTag;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/**
 * Tests the simulator with the vendor's own client. The simulator is its HTTP proxy, so that the client keeps the
 * host name that it signs.
 */
class VendorSdkTest {

    private final AtomicLong ticker = new AtomicLong();

    @AutoClose
    private final Simulator simulator = Simulator.builder().ticker(ticker::get).start();

    private RedisClient client(String secretKey) {
        HttpProfile http = new HttpProfile();
        http.setProtocol(HttpProfile.REQ_HTTP);
        http.setProxyHost("127.0.0.1");
        http.setProxyPort(simulator.port());
        http.setReadTimeout(10);
        ClientProfile profile = new ClientProfile();
        profile.setHttpProfile(http);
        return new RedisClient(new Credential(simulator.secretId(), secretKey), "ap-guangzhou", profile);
    }

    private RedisClient client() {
        return client(simulator.secretKey());
    }

    private static CloneInstancesRequest request(long goodsNum) {
        ResourceTag tag = new ResourceTag();
        tag.setTagKey("plan");
        tag.setTagValue("0001");
        CloneInstancesRequest request = new CloneInstancesRequest();
        request.setInstanceId("crs-source01");
        request.setBackupId("154572601-1165734322-153705740");
        request.setGoodsNum(goodsNum);
        request.setZoneId(100003L);
        request.setBillingMode(1L);
        request.setPeriod(1L);
        request.setSecurityGroupIdList(new String[] {"sg-bmadczm1"});
        request.setVpcId("vpc-pxyzim13");
        request.setSubnetId("subnet-7jbabche");
        request.setInstanceName("plan-0001");
        request.setPassword("Sesame-opens-7");
        request.setResourceTags(new ResourceTag[] {tag});
        return request;
    }

    private static void assertRefused(String code, RedisClient client, CloneInstancesRequest request) {
        assertThatExceptionOfType(TencentCloudSDKException.class)
                .isThrownBy(() -> client.CloneInstances(request))
                .satisfies(refused -> assertThat(refused.getErrorCode()).isEqualTo(code))
                .satisfies(refused -> assertThat(refused.getRequestId()).isNotBlank());
    }

    @Test
    void vendorSdkClonesAndFindsItsClones() throws TencentCloudSDKException {
        CloneInstancesResponse response = client().CloneInstances(request(3));
        DescribeInstancesRequest byName = new DescribeInstancesRequest();
        byName.setSearchKey("plan-0001");
        DescribeInstanceDealDetailRequest byDeal = new DescribeInstanceDealDetailRequest();
        byDeal.setDealName(response.getDealName());

        assertThat(response.getInstanceIds())
                .containsExactlyElementsOf(simulator.books().instanceIds());
        assertThat(client().DescribeInstances(byName).getInstanceSet())
                .extracting(InstanceSet::getInstanceId)
                .containsExactlyInAnyOrder(response.getInstanceIds());
        assertThat(client().DescribeInstanceDealDetail(byDeal)
                        .getDealDetails()[0]
                        .getInstanceIds())
                .containsExactly(response.getInstanceIds());
        assertThat(simulator.books().bought()).isEqualTo(3);
    }

    @Test
    void wrongKeyIsASignatureFailure() {
        assertRefused("AuthFailure.SignatureFailure", client("another"), request(1));
    }

    @Test
    void hundredAndOneGoodsAreOutOfRange() {
        assertRefused("LimitExceeded.InvalidParameterGoodsNumNotInRange", client(), request(101));
    }

    @Test
    void twentyFirstRequestInASecondExceedsTheLimit() throws TencentCloudSDKException {
        RedisClient client = client();
        for (int sent = 0; sent < 20; sent++) {
            client.CloneInstances(request(1));
        }

        assertRefused("RequestLimitExceeded", client, request(1));
        assertThat(simulator.books().bought()).isEqualTo(20);
    }

    /** Why Ramet exists: one call of the vendor's client makes two purchases, and the caller cannot see it. */
    @Test
    void vendorSdkBuysTwiceWhenAReusedConnectionDiesAfterExecution() throws TencentCloudSDKException {
        RedisClient client = client();
        client.DescribeInstances(new DescribeInstancesRequest());
        simulator.misbehave(Misbehaviour.scripted(Fault.close(Fault.Stage.AFTER_EXECUTING)));

        CloneInstancesResponse response = client.CloneInstances(request(10));

        assertThat(response.getInstanceIds()).hasSize(10);
        assertThat(simulator.books().bought()).isEqualTo(20);
        assertThat(simulator.books().boughtTwice()).containsExactly("plan-0001");
    }

    @Test
    void vendorSdkBuysTwiceWhenTheResponseDemandsARetryAfterExecution() throws TencentCloudSDKException {
        simulator.misbehave(Misbehaviour.scripted(Fault.status(503, Map.of("Retry-After", "0"), true)));

        client().CloneInstances(request(10));

        assertThat(simulator.books().boughtTwice()).containsExactly("plan-0001");
    }
}
