package io.ramet.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import com.tencentcloudapi.billing.v20180709.BillingClient;
import com.tencentcloudapi.billing.v20180709.models.DescribeAccountBalanceRequest;
import com.tencentcloudapi.common.Credential;
import com.tencentcloudapi.common.exception.TencentCloudSDKException;
import com.tencentcloudapi.common.profile.ClientProfile;
import com.tencentcloudapi.common.profile.HttpProfile;
import com.tencentcloudapi.redis.v20180412.RedisClient;
import com.tencentcloudapi.redis.v20180412.models.CleanUpInstanceRequest;
import com.tencentcloudapi.redis.v20180412.models.CloneInstancesRequest;
import com.tencentcloudapi.redis.v20180412.models.CloneInstancesResponse;
import com.tencentcloudapi.redis.v20180412.models.DescribeBackupDetailRequest;
import com.tencentcloudapi.redis.v20180412.models.DescribeInstanceBackupsRequest;
import com.tencentcloudapi.redis.v20180412.models.DescribeInstanceDealDetailRequest;
import com.tencentcloudapi.redis.v20180412.models.DescribeInstanceSecurityGroupRequest;
import com.tencentcloudapi.redis.v20180412.models.DescribeInstancesRequest;
import com.tencentcloudapi.redis.v20180412.models.DescribeParamTemplatesRequest;
import com.tencentcloudapi.redis.v20180412.models.DescribeProductInfoRequest;
import com.tencentcloudapi.redis.v20180412.models.DescribeProjectSecurityGroupsRequest;
import com.tencentcloudapi.redis.v20180412.models.DescribeSecondLevelBackupInfoRequest;
import com.tencentcloudapi.redis.v20180412.models.DescribeTaskInfoRequest;
import com.tencentcloudapi.redis.v20180412.models.DescribeTaskListRequest;
import com.tencentcloudapi.redis.v20180412.models.DestroyPostpaidInstanceRequest;
import com.tencentcloudapi.redis.v20180412.models.DestroyPrepaidInstanceRequest;
import com.tencentcloudapi.redis.v20180412.models.InquiryPriceCreateInstanceRequest;
import com.tencentcloudapi.redis.v20180412.models.InstanceSet;
import com.tencentcloudapi.redis.v20180412.models.InstanceTagInfo;
import com.tencentcloudapi.redis.v20180412.models.ResourceTag;
import com.tencentcloudapi.redis.v20180412.models.StartupInstanceRequest;
import com.tencentcloudapi.redis.v20180412.models.TaskInfoDetail;
import com.tencentcloudapi.sts.v20180813.StsClient;
import com.tencentcloudapi.sts.v20180813.models.GetCallerIdentityRequest;
import com.tencentcloudapi.vpc.v20170312.VpcClient;
import com.tencentcloudapi.vpc.v20170312.models.DescribeSubnetsRequest;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/**
 * Tests the simulator with the vendor's own client. The simulator is its HTTP proxy, so that the client keeps the
 * host name that it signs.
 */
class VendorSdkTest {

    private static final String SOURCE = "crs-source01";
    private static final String REGION = "ap-guangzhou";

    private final AtomicLong ticker = new AtomicLong();

    @AutoClose
    private final Simulator simulator = Simulator.builder()
            .source(Source.of(SOURCE).withSecondLevelBackup())
            .ticker(ticker::get)
            .start();

    private RedisClient client(String secretKey) {
        return new RedisClient(new Credential(simulator.secretId(), secretKey), REGION, profile());
    }

    private ClientProfile profile() {
        HttpProfile http = new HttpProfile();
        http.setProtocol(HttpProfile.REQ_HTTP);
        http.setProxyHost("127.0.0.1");
        http.setProxyPort(simulator.port());
        http.setReadTimeout(10);
        ClientProfile profile = new ClientProfile();
        profile.setHttpProfile(http);
        return profile;
    }

    private RedisClient client() {
        return client(simulator.secretKey());
    }

    private static CloneInstancesRequest request(long goodsNum) {
        ResourceTag tag = new ResourceTag();
        tag.setTagKey("plan");
        tag.setTagValue("0001");
        CloneInstancesRequest request = new CloneInstancesRequest();
        request.setInstanceId(SOURCE);
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
    void everyParameterOfDescribeInstancesIsUnderstood() throws TencentCloudSDKException {
        String[] ids = client().CloneInstances(request(2)).getInstanceIds();
        InstanceTagInfo tag = new InstanceTagInfo();
        tag.setTagKey("plan");
        tag.setTagValue("0001");
        DescribeInstancesRequest all = new DescribeInstancesRequest();
        all.setLimit(20L);
        all.setOffset(0L);
        all.setInstanceId(ids[0]);
        all.setInstanceIds(ids);
        all.setSearchKey("plan");
        all.setSearchKeys(ids);
        all.setInstanceName("plan-0001");
        all.setInstanceTags(new InstanceTagInfo[] {tag});
        all.setTagKeys(new String[] {"plan"});
        all.setStatus(new Long[] {0L, 1L, 2L, -2L, -3L});
        all.setBillingMode("prepaid");
        all.setAutoRenew(new Long[] {0L, 1L, 2L});
        all.setType(16L);
        all.setTypeVersion(3L);
        all.setTypeList(new Long[] {15L, 16L});
        all.setEngineName("Redis-6.2");
        all.setProductVersions(new String[] {"local"});
        all.setProjectIds(new Long[] {0L});
        all.setUniqVpcIds(new String[] {"vpc-pxyzim13"});
        all.setUniqSubnetIds(new String[] {"subnet-7jbabche"});
        all.setVpcIds(new String[] {"1"});
        all.setSubnetIds(new String[] {"2"});
        all.setRegionIds(new Long[] {1L});
        all.setAzMode("singleaz");
        all.setMonitorVersion("1m");
        all.setOrderBy("curDeadline");
        all.setOrderType(0L);

        assertThat(client().DescribeInstances(all).getInstanceSet())
                .extracting(InstanceSet::getInstanceId)
                .containsExactly(ids[0]);
    }

    @Test
    void vendorSdkLooksAheadOfAPurchase() throws TencentCloudSDKException {
        DescribeInstanceBackupsRequest backups = new DescribeInstanceBackupsRequest();
        backups.setInstanceId(SOURCE);
        backups.setStatus(new Long[] {2L});
        String backupId =
                client().DescribeInstanceBackups(backups).getBackupSet()[0].getBackupId();
        DescribeBackupDetailRequest detail = new DescribeBackupDetailRequest();
        detail.setInstanceId(SOURCE);
        detail.setBackupId(backupId);
        DescribeSecondLevelBackupInfoRequest secondLevel = new DescribeSecondLevelBackupInfoRequest();
        secondLevel.setInstanceId(SOURCE);
        secondLevel.setBackupTimestamp(Instant.now().minusSeconds(600).getEpochSecond());
        InquiryPriceCreateInstanceRequest price = new InquiryPriceCreateInstanceRequest();
        price.setTypeId(9L);
        price.setMemSize(4096L);
        price.setGoodsNum(3L);
        price.setPeriod(1L);
        price.setBillingMode(0L);
        price.setZoneId(100003L);
        price.setRedisShardNum(1L);
        price.setRedisReplicasNum(1L);
        DescribeProjectSecurityGroupsRequest groups = new DescribeProjectSecurityGroupsRequest();
        groups.setProduct("redis");
        DescribeInstanceSecurityGroupRequest group = new DescribeInstanceSecurityGroupRequest();
        group.setInstanceIds(new String[] {SOURCE});
        DescribeParamTemplatesRequest templates = new DescribeParamTemplatesRequest();
        templates.setTemplateIds(new String[] {"crs-cfg-1"});

        assertThat(client().DescribeBackupDetail(detail).getShardNum()).isEqualTo(1);
        assertThat(client().DescribeSecondLevelBackupInfo(secondLevel).getBackupTimestamp())
                .isEqualTo(secondLevel.getBackupTimestamp());
        assertThat(client().InquiryPriceCreateInstance(price).getHighPrecisionPrice())
                .isCloseTo(280.0224F, within(0.001F));
        assertThat(client().DescribeProductInfo(new DescribeProductInfoRequest())
                        .getRegionSet()[0]
                        .getZoneSet()[0]
                        .getProductSet()[0]
                        .getMaxBuyNum())
                .isEqualTo(30);
        assertThat(client().DescribeProjectSecurityGroups(groups).getTotal()).isEqualTo(1);
        assertThat(client().DescribeInstanceSecurityGroup(group)
                        .getInstanceSecurityGroupsDetail()[0]
                        .getSecurityGroupDetails()[0]
                        .getSecurityGroupId())
                .isEqualTo("sg-bmadczm1");
        assertThat(client().DescribeParamTemplates(templates).getItems()[0].getProductType())
                .isEqualTo(16);
    }

    /** Each of these clients signs for its own service and sends to its own host name. */
    @Test
    void vendorSdksOfOtherApisFindSubnetsBalanceAndAccount() throws TencentCloudSDKException {
        Credential credential = new Credential(simulator.secretId(), simulator.secretKey());
        DescribeSubnetsRequest subnets = new DescribeSubnetsRequest();
        subnets.setSubnetIds(new String[] {"subnet-7jbabche"});
        subnets.setOffset("0");
        subnets.setLimit("100");

        assertThat(new VpcClient(credential, REGION, profile())
                        .DescribeSubnets(subnets).getSubnetSet()[0].getAvailableIpAddressCount())
                .isPositive();
        assertThat(new BillingClient(credential, "", profile())
                        .DescribeAccountBalance(new DescribeAccountBalanceRequest())
                                .getRealBalance())
                .isPositive();
        assertThat(new StsClient(credential, REGION, profile())
                        .GetCallerIdentity(new GetCallerIdentityRequest()).getAccountId())
                .isEqualTo("100000000001");
    }

    @Test
    void vendorSdkReturnsRestoresAndDeletesInstances() throws TencentCloudSDKException {
        CloneInstancesRequest postpaid = request(1);
        postpaid.setBillingMode(0L);
        String id = client().CloneInstances(postpaid).getInstanceIds()[0];
        String prepaid = client().CloneInstances(request(1)).getInstanceIds()[0];
        DestroyPostpaidInstanceRequest destroy = new DestroyPostpaidInstanceRequest();
        destroy.setInstanceId(id);
        StartupInstanceRequest startup = new StartupInstanceRequest();
        startup.setInstanceId(id);
        CleanUpInstanceRequest cleanUp = new CleanUpInstanceRequest();
        cleanUp.setInstanceId(prepaid);
        DestroyPrepaidInstanceRequest giveBack = new DestroyPrepaidInstanceRequest();
        giveBack.setInstanceId(prepaid);
        DescribeTaskInfoRequest task = new DescribeTaskInfoRequest();
        DescribeTaskListRequest tasks = new DescribeTaskListRequest();
        tasks.setInstanceId(id);

        task.setTaskId(client().DestroyPostpaidInstance(destroy).getTaskId());
        assertThat(client().DescribeTaskInfo(task).getStatus()).isEqualTo("succeed");
        assertThat(client().StartupInstance(startup).getRequestId()).isNotBlank();
        assertThat(client().DestroyPrepaidInstance(giveBack).getDealName()).isNotBlank();
        assertThat(client().CleanUpInstance(cleanUp).getTaskId()).isNotNull();
        assertThat(client().DescribeTaskList(tasks).getTasks())
                .extracting(TaskInfoDetail::getTaskType)
                .containsExactlyInAnyOrder("026", "003", "005");
        assertThat(simulator.books().destructions()).hasSize(3);
        assertThat(simulator.books().alarms()).hasSize(1);
    }

    @Test
    void vendorSdkReadsATaskIdThatIsAText() throws TencentCloudSDKException {
        try (Simulator texts =
                Simulator.builder().taskIdAsText().signingService("127").start()) {
            ClientProfile direct = new ClientProfile();
            HttpProfile http = new HttpProfile();
            http.setProtocol(HttpProfile.REQ_HTTP);
            http.setEndpoint("127.0.0.1:" + texts.port());
            direct.setHttpProfile(http);
            RedisClient client = new RedisClient(new Credential(texts.secretId(), texts.secretKey()), REGION, direct);
            CloneInstancesRequest postpaid = request(1);
            postpaid.setBillingMode(0L);
            DestroyPostpaidInstanceRequest destroy = new DestroyPostpaidInstanceRequest();
            destroy.setInstanceId(client.CloneInstances(postpaid).getInstanceIds()[0]);

            assertThat(client.DestroyPostpaidInstance(destroy).getTaskId()).isPositive();
        }
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
