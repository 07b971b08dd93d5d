package io.ramet.benchmarks.hotpath;

import io.ramet.error.Effect;
import io.ramet.error.ErrorCode;
import io.ramet.error.ErrorCodes;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;

/** Looking up an error code in the table. */
public class ErrorCodesBenchmark extends TimePerCall {

    private final String known = new String("LimitExceeded.ReachTheAmountLimit");
    private final String unknown = new String("LimitExceeded.NotInTheTable");

    /** Checks the effects of both codes. */
    @Setup
    public void check() {
        same(Effect.NONE, known().effect());
        same(Effect.POSSIBLE, unknown().effect());
    }

    /** {@return a code that is in the table} */
    @Benchmark
    public ErrorCode known() {
        return ErrorCodes.of(known);
    }

    /** {@return a code that is not in the table} */
    @Benchmark
    public ErrorCode unknown() {
        return ErrorCodes.of(unknown);
    }
}
