package io.ramet.benchmarks.compare;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;

/**
 * The resources that this process has used so far. Allocation is summed over live threads; competitors keep theirs.
 *
 * @param nanoTime when
 * @param cpuNanos processor time of all threads, the JVM's own included
 * @param allocatedBytes bytes allocated on the heap
 */
record Usage(long nanoTime, long cpuNanos, long allocatedBytes) {

    private static final OperatingSystemMXBean SYSTEM =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    private static final ThreadMXBean THREADS = ManagementFactory.getPlatformMXBean(ThreadMXBean.class);

    static Usage now() {
        long allocated = Arrays.stream(THREADS.getThreadAllocatedBytes(THREADS.getAllThreadIds()))
                .filter(bytes -> bytes > 0)
                .sum();
        return new Usage(System.nanoTime(), SYSTEM.getProcessCpuTime(), allocated);
    }

    /** {@return the most threads at once since {@link #forgetPeak}, the JVM's own half dozen included} */
    static int peakThreads() {
        return THREADS.getPeakThreadCount();
    }

    static void forgetPeak() {
        THREADS.resetPeakThreadCount();
    }

    /** {@return bytes on the heap that are still in use after a collection} */
    static long liveHeap() {
        for (int pass = 0; pass < 3; pass++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    Usage since(Usage start) {
        return new Usage(nanoTime - start.nanoTime, cpuNanos - start.cpuNanos, allocatedBytes - start.allocatedBytes);
    }
}
