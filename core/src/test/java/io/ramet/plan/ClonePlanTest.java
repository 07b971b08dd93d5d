package io.ramet.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.ramet.error.InvalidValueException;
import io.ramet.model.CloneRequest;
import io.ramet.model.CloneRequestBuilder;
import io.ramet.model.Fixtures;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClonePlanTest {

    private static final PlanId ID = PlanId.of("order-4711");

    @Test
    void aPlanOfAnySizeSumsToItsGoodsNumInTheLeastNumberOfChunks() {
        for (long seed = 0; seed < 2_000; seed++) {
            Random random = new Random(seed);
            int bits = 1 + random.nextInt(31);
            int goodsNum = Math.max(1, random.nextInt(Integer.MAX_VALUE) >>> (31 - bits));
            boolean monthly = random.nextBoolean();
            int limit = monthly ? 100 : 30;
            ClonePlan plan = plan(goodsNum, monthly);

            long whole = goodsNum / limit;
            long rest = goodsNum % limit;
            assertThat((long) plan.size()).as("seed %d", seed).isEqualTo(rest == 0 ? whole : whole + 1);

            int last = plan.chunk(plan.size() - 1).goodsNum();
            assertThat(last).as("seed %d", seed).isBetween(1, limit);
            assertThat((plan.size() - 1L) * limit + last).as("seed %d", seed).isEqualTo(goodsNum);
            int before = random.nextInt(plan.size());
            if (before < plan.size() - 1) {
                assertThat(plan.chunk(before).goodsNum()).as("seed %d", seed).isEqualTo(limit);
            }
        }
    }

    @Test
    void chunksAreTheSameByIndexByIteratorAndByStream() {
        for (long seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            ClonePlan plan = plan(1 + random.nextInt(3_000), random.nextBoolean());
            List<CloneChunk> streamed = plan.chunks().toList();
            // One assertion for each plan: hundreds of thousands would take most of this module's time.
            List<CloneChunk> indexed =
                    IntStream.range(0, plan.size()).mapToObj(plan::chunk).toList();
            List<CloneChunk> iterated = new ArrayList<>();
            plan.iterator().forEachRemaining(iterated::add);
            assertThat(indexed).as("seed %d", seed).isEqualTo(iterated).isEqualTo(streamed);
            assertThat(streamed.stream().map(CloneChunk::index))
                    .as("seed %d", seed)
                    .isEqualTo(IntStream.range(0, plan.size()).boxed().toList());
            assertThat(streamed.stream().map(CloneChunk::planId).distinct())
                    .as("seed %d", seed)
                    .containsExactly(ID);
            assertThat(streamed.stream().mapToInt(CloneChunk::goodsNum).sum())
                    .as("seed %d", seed)
                    .isEqualTo(plan.request().goodsNum());
        }
    }

    @ParameterizedTest
    @CsvSource({"false, 71582789, 7", "true, 21474837, 47"})
    void theGreatestPlanDoesNotOverflow(boolean monthly, int calls, int last) {
        ClonePlan plan = plan(Integer.MAX_VALUE, monthly);

        assertThat(plan.size()).isEqualTo(calls);
        assertThat(plan.chunk(calls - 1).goodsNum()).isEqualTo(last);
        assertThat(plan.minimumDuration()).isEqualTo(Duration.ofSeconds((calls - 1) / 20));
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> plan.chunk(calls));
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> plan.chunk(-1));
    }

    @Test
    void tenMillionInstancesAreIteratedWithoutKeepingAChunk() {
        ClonePlan plan = plan(10_000_000, false);
        plan.forEach(chunk -> {});
        System.gc();
        long before = heapInUse();
        long sum = 0;
        CloneChunk first = plan.chunk(0);
        for (CloneChunk chunk : plan) {
            sum += chunk.goodsNum();
        }
        System.gc();

        assertThat(sum).isEqualTo(10_000_000);
        assertThat(plan.chunk(0))
                .as("computed again each time")
                .isEqualTo(first)
                .isNotSameAs(first);
        assertThat(heapInUse()).as("333,334 chunks would take some 40 MB").isLessThan(before + 10_000_000L);
    }

    private static long heapInUse() {
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    @Test
    void theSameIdAndRequestGiveTheSameChunks() {
        List<CloneChunk> once = plan(250, false).chunks().toList();
        List<CloneChunk> again = plan(250, false).chunks().toList();

        assertThat(again).isEqualTo(once);
        assertThat(plan(250, false)).isEqualTo(plan(250, false)).hasSameHashCodeAs(plan(250, false));
        assertThat(plan(250, false)).isNotEqualTo(plan(251, false));
    }

    @Test
    void marksStayAsTheyWereInEarlierVersions() {
        assertThat(plan(250, false).chunks().map(chunk -> chunk.mark().value()))
                .startsWith("kcg6gzfvd8fe-0")
                .endsWith("kcg6gzfvd8fe-8");
        assertThat(plan(250, false).markRoot()).isEqualTo("kcg6gzfvd8fe");
        assertThat(ClonePlan.of(ID, Fixtures.minimal().instanceName("shop").build())
                        .chunk(8)
                        .instanceName())
                .isEqualTo("shop-kcg6gzfvd8fe-8");
    }

    @Test
    void marksOfDifferentPlansDiffer() {
        CloneRequest request = request(31, false).build();
        Set<Mark> marks = IntStream.range(0, 10_000)
                .mapToObj(i -> ClonePlan.of(PlanId.of("order-" + i), request))
                .flatMap(ClonePlan::chunks)
                .map(CloneChunk::mark)
                .collect(Collectors.toSet());

        assertThat(marks).hasSize(20_000);
    }

    @Test
    void marksWithinAPlanDiffer() {
        Set<Mark> marks = plan(300_000, false).chunks().map(CloneChunk::mark).collect(Collectors.toSet());

        assertThat(marks).hasSize(10_000);
    }

    @Test
    void everyNameIsLegalAndEndsWithItsMark() {
        for (long seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            int goodsNum = 1 + random.nextInt(1 << (1 + random.nextInt(30)));
            CloneRequestBuilder request = request(goodsNum, random.nextBoolean());
            if (random.nextInt(4) > 0) {
                request.instanceName("a-Z_9".repeat(8).substring(0, 1 + random.nextInt(36)));
            }
            ClonePlan plan = ClonePlan.of(PlanId.random(random), request.build());
            for (int index : new int[] {0, random.nextInt(plan.size()), plan.size() - 1}) {
                CloneChunk chunk = plan.chunk(index);
                assertThat(chunk.instanceName())
                        .as("seed %d", seed)
                        .matches("[A-Za-z0-9_-]{1,59}")
                        .endsWith(chunk.mark().value());
            }
        }
    }

    @Test
    void aPlanWithoutAnIdDrawsANewOne() {
        CloneRequest request = Fixtures.minimal().build();

        assertThat(ClonePlan.of(request).id())
                .isNotEqualTo(ClonePlan.of(request).id());
        assertThat(ClonePlan.of(request).hasCallerId()).isFalse();
        assertThat(ClonePlan.of(ID, request).hasCallerId()).isTrue();
        assertThat(PlanId.random(new Random(1))).isEqualTo(PlanId.random(new Random(1)));
        assertThat(PlanId.random(new Random(1)).value()).matches("[0-9a-z]{12}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a b", "a/b", "ä", "a\n"})
    void aPlanIdIsLettersDigitsDotsHyphensAndUnderscores(String value) {
        assertThatExceptionOfType(InvalidValueException.class)
                .isThrownBy(() -> PlanId.of(value))
                .satisfies(refusal -> assertThat(refusal.field()).isEqualTo("planId"))
                .satisfies(refusal -> assertThat(refusal.value()).isEqualTo("'" + value + "'"));
    }

    @Test
    void aPlanIdHasAtMost64Characters() {
        assertThat(PlanId.of("x".repeat(64))).hasToString("x".repeat(64));
        assertThatExceptionOfType(InvalidValueException.class).isThrownBy(() -> PlanId.of("x".repeat(65)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1          | false | 1 pay-as-you-go clone           | 1 call: 1 × 1",
                "30         | false | 30 pay-as-you-go clones         | 1 call: 1 × 30",
                "31         | false | 31 pay-as-you-go clones         | 2 calls: 1 × 30 + 1 × 1, all at once",
                "100        | true  | 100 monthly clones              | 1 call: 1 × 100",
                "200        | true  | 200 monthly clones              | 2 calls: 2 × 100, all at once",
                "250        | false | 250 pay-as-you-go clones        | 9 calls: 8 × 30 + 1 × 10, all at once",
                "600        | false | 600 pay-as-you-go clones        | 20 calls: 20 × 30, all at once",
                "601        | false | 601 pay-as-you-go clones        | 21 calls: 20 × 30 + 1 × 1, at least 1 s",
                "71970      | false | 71,970 pay-as-you-go clones     | 2,399 calls: 2,399 × 30, at least 119 s",
                "72030      | false | 72,030 pay-as-you-go clones     | 2,401 calls: 2,401 × 30, at least 2 min 0 s",
                "4319970    | false | 4,319,970 pay-as-you-go clones  | 143,999 calls: 143,999 × 30, at least 119 min 59 s",
                "4320030    | false | 4,320,030 pay-as-you-go clones  | 144,001 calls: 144,001 × 30, at least 2 h 0 min",
                "10000000   | false | 10,000,000 pay-as-you-go clones"
                        + " | 333,334 calls: 333,333 × 30 + 1 × 10, at least 4 h 37 min",
                "10000000   | true  | 10,000,000 monthly clones       | 100,000 calls: 100,000 × 100, at least 83 min 19 s"
            })
    void theSummaryIsForPeople(int goodsNum, boolean monthly, String clones, String calls) {
        assertThat(plan(goodsNum, monthly).summary().lines())
                .containsExactly(
                        "order-4711: " + clones + " of crs-xjhsdj12 from backup 154572601-1165734322-153705740", calls);
    }

    @Test
    void thePlanItselfPrintsNoSecret() {
        assertThat(plan(250, false)).hasToString("ClonePlan[order-4711, 250 instances, 9 calls]");
        assertThat(plan(250, false).summary()).doesNotContain(Fixtures.PASSWORD);
    }

    @Test
    void theIndexOfAChunkIsReadOutOfItsInstanceName() {
        for (String name : new String[] {null, "shop", "shop-7"}) {
            CloneRequestBuilder request = request(Integer.MAX_VALUE, false);
            ClonePlan plan = ClonePlan.of(ID, (name == null ? request : request.instanceName(name)).build());
            for (int index : new int[] {0, 7, 10, 4_711, plan.size() - 1}) {
                assertThat(plan.indexIn(plan.chunk(index).instanceName())).hasValue(index);
                assertThat(plan(1, true).indexIn(plan.chunk(index).instanceName()))
                        .as("another request with the same plan id")
                        .hasValue(index);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "-", "-0", "R", "R-", "R0", "R-00", "R-01", "R-+1", "R--1", "R-1x", "R-1 ", "R-1\n", "R-1-old"
            })
    @ValueSource(strings = {"xR-1", "shop_R-1", "R-x-1", "R-1000000000", "R-99999999999", "R-\u0661", "S-1"})
    void noIndexIsReadOutOfAnyOtherName(String name) {
        ClonePlan plan = plan(900, false);
        assertThat(plan.indexIn(name.replace("R", plan.markRoot()))).isEmpty();
    }

    private static ClonePlan plan(int goodsNum, boolean monthly) {
        return ClonePlan.of(ID, request(goodsNum, monthly).build());
    }

    private static CloneRequestBuilder request(int goodsNum, boolean monthly) {
        CloneRequestBuilder request = Fixtures.minimal().goodsNum(goodsNum);
        return monthly ? request.monthly(1) : request.payAsYouGo();
    }
}
