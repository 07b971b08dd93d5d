package io.ramet.benchmarks.hotpath;

import io.ramet.model.CloneRequest;
import io.ramet.plan.CloneChunk;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.infra.Blackhole;

/** Planning, and iterating over all chunks of the plan. */
public class PlanningBenchmark extends TimePerCall {

    private static final PlanId ID = PlanId.of("benchmark");

    /** The number of instances; a chunk has 100. */
    @Param({"1", "1000", "100000", "10000000"})
    public int instances = 1;

    private CloneRequest request = ExampleCall.REQUEST;

    /** Checks that the chunks sum to the instances. */
    @Setup
    public void check() {
        request = ExampleCall.REQUEST.toBuilder().goodsNum(instances).build();
        same(
                instances,
                ClonePlan.of(ID, request)
                        .chunks()
                        .mapToInt(CloneChunk::goodsNum)
                        .sum());
    }

    /** Plans, and passes every chunk on. */
    @Benchmark
    public void plan(Blackhole chunks) {
        ClonePlan.of(ID, request).forEach(chunks::consume);
    }
}
