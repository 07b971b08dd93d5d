package io.ramet.simulator;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Builds a {@link Simulator}. Options can be set in any order; the last value of each applies. A value out of its range
 * is rejected with {@link IllegalArgumentException}. Not thread-safe.
 */
public final class SimulatorBuilder {

    int port;
    String secretId = "AKIDsimulatorEXAMPLEnotAKey";
    String secretKey = "simulatorEXAMPLEnotASecret";
    String token = "";
    TemporaryKeys temporaryKeys = new TemporaryKeys();
    long seed = 1;
    Duration leastLatency = Duration.ZERO;
    Duration greatestLatency = Duration.ZERO;
    LifeCycle lifeCycle = LifeCycle.runningAfter(Duration.ZERO);
    Duration recycleBin = Duration.ofDays(7);
    Duration changesTake = Duration.ZERO;
    boolean taskIdAsText;
    Duration visibleAfter = Duration.ZERO;
    Duration idleTimeout = Duration.ZERO;
    Clock clock = Clock.systemUTC();
    LongSupplier ticker = System::nanoTime;
    Misbehaviour misbehaviour = Misbehaviour.none();
    int accountQuota = Integer.MAX_VALUE;
    String account = "100000000001";
    long balance = 100_000_000_000L;
    int mostPerPurchase = Integer.MAX_VALUE;
    int threads = 2;
    private boolean warm = true;
    final Map<String, RateLimit> limits = new HashMap<>();
    final Map<String, Source> sources = new HashMap<>();
    final Map<String, Integer> quotas = new HashMap<>();
    final Map<Long, Integer> stock = new HashMap<>();
    final Map<String, Network.Subnet> subnets = new HashMap<>();
    final Set<String> securityGroups = new HashSet<>();
    final Map<String, Integer> templates = new HashMap<>();
    final List<Backup> backups = new ArrayList<>();
    final List<Backups.Gap> gaps = new ArrayList<>();
    final Set<String> services = new HashSet<>();

    SimulatorBuilder() {}

    /**
     * Sets the port on 127.0.0.1 to listen on. Defaults to 0: any free port.
     *
     * @param port the port, 0 to 65535
     * @return this builder
     */
    public SimulatorBuilder port(int port) {
        this.port = (int) Preconditions.notNegative("port", port);
        return this;
    }

    /**
     * Sets the only key pair that is accepted. Defaults to one that is obviously not real.
     *
     * @param secretId its id
     * @param secretKey its key
     * @return this builder
     */
    public SimulatorBuilder credentials(String secretId, String secretKey) {
        this.secretId = Preconditions.notBlank("secretId", secretId);
        this.secretKey = Preconditions.notBlank("secretKey", secretKey);
        return this;
    }

    /**
     * Sets the token that must accompany the key pair. By default there is none, and a request with a token is refused.
     *
     * @param token the token
     * @return this builder
     */
    public SimulatorBuilder token(String token) {
        this.token = Preconditions.notBlank("token", token);
        return this;
    }

    /**
     * Sets temporary keys that are accepted as well, while they are valid. By default there are none.
     *
     * @param keys the keys; more may be issued later
     * @return this builder
     */
    public SimulatorBuilder temporaryKeys(TemporaryKeys keys) {
        this.temporaryKeys = Objects.requireNonNull(keys, "keys");
        return this;
    }

    /**
     * Sets the limit of CloneInstances. Defaults to 20 in any window of one second.
     *
     * @param limit the limit
     * @return this builder
     */
    public SimulatorBuilder limit(RateLimit limit) {
        return limit(Action.CLONE_INSTANCES.wireName, limit);
    }

    /**
     * Sets the limit of one action. Defaults to the published limit, in any window of one second: 35 for
     * DescribeInstances, 100 for DescribeSubnets and DescribeTaskList, 20 for all others.
     *
     * @param action the action
     * @param limit its limit
     * @return this builder
     */
    public SimulatorBuilder limit(String action, RateLimit limit) {
        limits.put(Preconditions.notBlank("action", action), Objects.requireNonNull(limit, "limit"));
        return this;
    }

    /**
     * Sets the bounds of the random latency of responses. A request is executed on arrival; only its response is
     * delayed. Defaults to zero.
     *
     * @param least the least latency
     * @param greatest the greatest latency
     * @return this builder
     */
    public SimulatorBuilder latency(Duration least, Duration greatest) {
        this.leastLatency = Preconditions.notNegative("least latency", least);
        this.greatestLatency = Preconditions.notNegative("greatest latency", greatest);
        Preconditions.notNegative("greatest minus least latency", greatest.minus(least));
        return this;
    }

    /**
     * Sets the seed of everything random: latencies and ids. Defaults to 1.
     *
     * @param seed the seed
     * @return this builder
     */
    public SimulatorBuilder seed(long seed) {
        this.seed = seed;
        return this;
    }

    /**
     * Sets the time from an instance's purchase to its status 2 (running), by the server's clock: a shorthand for a
     * {@link #lifeCycle} in which every instance runs. Defaults to zero.
     *
     * @param time zero or more
     * @return this builder
     */
    public SimulatorBuilder initialisingFor(Duration time) {
        return lifeCycle(LifeCycle.runningAfter(Preconditions.notNegative("initialisingFor", time)));
    }

    /**
     * Sets the life cycle of the instances that are bought. By default each of them runs at once.
     *
     * @param lifeCycle the life cycle
     * @return this builder
     */
    public SimulatorBuilder lifeCycle(LifeCycle lifeCycle) {
        this.lifeCycle = Objects.requireNonNull(lifeCycle, "lifeCycle");
        return this;
    }

    /**
     * Sets the time that an isolated instance stays in the recycle bin. It has status -2 for that time, then status -3
     * for a day, and then it no longer exists. Defaults to 7 days.
     *
     * @param time zero or more
     * @return this builder
     */
    public SimulatorBuilder recycleBin(Duration time) {
        this.recycleBin = Preconditions.notNegative("recycleBin", time);
        return this;
    }

    /**
     * Sets the time that it takes to isolate an instance, or to start up an isolated one. Meanwhile its status is 1.
     * Defaults to zero.
     *
     * @param time zero or more
     * @return this builder
     */
    public SimulatorBuilder changesTake(Duration time) {
        this.changesTake = Preconditions.notNegative("changesTake", time);
        return this;
    }

    /**
     * Makes every TaskId in responses a JSON string, as in the API's examples. By default it is a number, as in the
     * API's definition.
     *
     * @return this builder
     */
    public SimulatorBuilder taskIdAsText() {
        this.taskIdAsText = true;
        return this;
    }

    /**
     * Sets the time from an instance's purchase until DescribeInstances lists it, by the server's clock. Defaults to
     * zero.
     *
     * @param time zero or more
     * @return this builder
     */
    public SimulatorBuilder visibleAfter(Duration time) {
        this.visibleAfter = Preconditions.notNegative("visibleAfter", time);
        return this;
    }

    /**
     * Sets the time after which a silent connection is closed. Defaults to zero: never.
     *
     * @param time zero or more
     * @return this builder
     */
    public SimulatorBuilder idleTimeout(Duration time) {
        this.idleTimeout = Preconditions.notNegative("idleTimeout", time);
        return this;
    }

    /**
     * Sets the server's clock, which is used to check signatures, to date responses, and to decide when instances run
     * and are listed. Limits and arrivals use {@link System#nanoTime()} instead. Defaults to the system's clock.
     *
     * @param clock the clock
     * @return this builder
     */
    public SimulatorBuilder clock(Clock clock) {
        this.clock = Objects.requireNonNull(clock, "clock");
        return this;
    }

    /** Sets the source of arrival times, for tests that control time. */
    SimulatorBuilder ticker(LongSupplier ticker) {
        this.ticker = ticker;
        return this;
    }

    /**
     * Sets the misbehaviour from the start. Defaults to {@link Misbehaviour#none()}.
     *
     * @param misbehaviour decides the fault of each request
     * @return this builder
     */
    public SimulatorBuilder misbehaviour(Misbehaviour misbehaviour) {
        this.misbehaviour = Objects.requireNonNull(misbehaviour, "misbehaviour");
        return this;
    }

    /**
     * Adds instances that can be cloned. By default every id that begins with {@code crs-} can be cloned.
     *
     * @param instanceIds their ids
     * @return this builder
     */
    public SimulatorBuilder knownSources(String... instanceIds) {
        Set.of(instanceIds).forEach(id -> source(Source.of(id)));
        return this;
    }

    /**
     * Adds an instance that can be cloned, with its specification.
     *
     * @param source the instance
     * @return this builder
     */
    public SimulatorBuilder source(Source source) {
        sources.put(source.instanceId(), source);
        return this;
    }

    /**
     * Adds a backup. By default each instance has one, which is six hours old; once a backup has been added, only those
     * that were added exist. A purchase does not check its backup.
     *
     * @param backup the backup
     * @return this builder
     */
    public SimulatorBuilder backup(Backup backup) {
        backups.add(backup);
        return this;
    }

    /**
     * Adds a period to which an instance with second-level backups cannot be restored. By default there is none.
     *
     * @param instanceId the instance
     * @param from the first moment that is missing
     * @param to the first moment after the period
     * @return this builder
     */
    public SimulatorBuilder missingSecondLevelBackup(String instanceId, Instant from, Instant to) {
        gaps.add(new Backups.Gap(Preconditions.notBlank("instanceId", instanceId), from, to));
        return this;
    }

    /**
     * Sets the number of instances that may be bought in total. Requests beyond it are refused with
     * LimitExceeded.ReachTheAmountLimit. Defaults to no limit.
     *
     * @param instances the number, zero or more
     * @return this builder
     */
    public SimulatorBuilder accountQuota(int instances) {
        this.accountQuota = (int) Preconditions.notNegative("accountQuota", instances);
        return this;
    }

    /**
     * Sets the number of pay-as-you-go instances that a region may have, isolated ones included. Requests beyond it are
     * refused with LimitExceeded.ReachTheAmountLimit. Defaults to no limit.
     *
     * @param region the region, such as {@code ap-guangzhou}
     * @param instances the number, zero or more
     * @return this builder
     */
    public SimulatorBuilder quota(String region, int instances) {
        quotas.put(Preconditions.notBlank("region", region), (int) Preconditions.notNegative("quota", instances));
        return this;
    }

    /**
     * Sets the number of instances that a zone has in stock. Requests beyond it are refused with
     * ResourceUnavailable.SaleOut. Defaults to no limit.
     *
     * @param zoneId the zone, such as 100003
     * @param instances the number, zero or more; at zero the zone is sold out
     * @return this builder
     */
    public SimulatorBuilder stock(long zoneId, int instances) {
        stock.put(zoneId, (int) Preconditions.notNegative("stock", instances));
        return this;
    }

    /**
     * Lowers the number of instances that one purchase may have. Defaults to the API's 30 (pay-as-you-go) or 100
     * (prepaid).
     *
     * @param instances the number, at least 1
     * @return this builder
     */
    public SimulatorBuilder mostPerPurchase(int instances) {
        this.mostPerPurchase = Preconditions.atLeastOne("mostPerPurchase", instances);
        return this;
    }

    /**
     * Sets the balance of the account. A prepaid purchase takes its price; a pay-as-you-go purchase freezes the
     * price of its first hour. A purchase beyond the balance is refused with FailedOperation.PayFailed. Defaults to
     * 1,000,000,000 CNY.
     *
     * @param fen the balance in hundredths of CNY, zero or more
     * @return this builder
     */
    public SimulatorBuilder balance(long fen) {
        this.balance = Preconditions.notNegative("balance", fen);
        return this;
    }

    /**
     * Sets the number of the main account, which GetCallerIdentity returns. Defaults to 100000000001.
     *
     * @param uin the number
     * @return this builder
     */
    public SimulatorBuilder account(String uin) {
        Preconditions.notNegative("uin", Long.parseLong(uin));
        this.account = uin;
        return this;
    }

    /**
     * Adds a subnet. By default every subnet exists; once one has been added, only those that were added exist, and
     * each instance takes an address of its subnet. Requests for more addresses are refused with
     * ResourceUnavailable.NoEnoughVipInVPC.
     *
     * @param vpcId its VPC
     * @param subnetId its id
     * @param zoneId its zone, such as 100003
     * @param addresses the number of free addresses, zero or more
     * @return this builder
     */
    public SimulatorBuilder subnet(String vpcId, String subnetId, long zoneId, int addresses) {
        subnets.put(
                Preconditions.notBlank("subnetId", subnetId),
                new Network.Subnet(Preconditions.notBlank("vpcId", vpcId), subnetId, zoneId, (int)
                        Preconditions.notNegative("addresses", addresses)));
        return this;
    }

    /**
     * Adds security groups. By default every group exists; once one has been added, only those that were added exist.
     *
     * @param ids their ids
     * @return this builder
     */
    public SimulatorBuilder securityGroups(String... ids) {
        securityGroups.addAll(Set.of(ids));
        return this;
    }

    /**
     * Adds a parameter template. By default every template exists; once one has been added, only those that were added
     * exist.
     *
     * @param id its id
     * @param type the type of instance that it is for, such as 16
     * @return this builder
     */
    public SimulatorBuilder template(String id, int type) {
        templates.put(Preconditions.notBlank("id", id), type);
        return this;
    }

    /**
     * Adds a service name that is accepted in the signatures of every action. The name of the action's own API, such as
     * {@code redis} or {@code vpc}, is always accepted. The vendor's clients sign for the part of their endpoint before
     * its first dot. So a client of 127.0.0.1:8080 needs {@code 127}, and a client of localhost:8080 needs {@code
     * localhost}: a port after the name is accepted. The host may then be signed without its port, as the client for
     * Node does.
     *
     * @param service the name
     * @return this builder
     */
    public SimulatorBuilder signingService(String service) {
        services.add(Preconditions.notBlank("service", service));
        return this;
    }

    /**
     * Sets the number of threads that read and write, and of threads that execute requests. Defaults to 2 of each.
     *
     * @param threads the number of each kind, at least 1
     * @return this builder
     */
    public SimulatorBuilder threads(int threads) {
        this.threads = Preconditions.atLeastOne("threads", threads);
        return this;
    }

    /** Leaves out the {@link WarmUp}. */
    SimulatorBuilder cold() {
        this.warm = false;
        return this;
    }

    /** {@return a started simulator; throws an exception if the port cannot be bound} */
    public Simulator start() {
        if (warm) {
            WarmUp.oncePerProcess();
        }
        return new Simulator(this);
    }
}
