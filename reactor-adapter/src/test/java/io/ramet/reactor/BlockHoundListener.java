package io.ramet.reactor;

import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestPlan;
import reactor.blockhound.BlockHound;

/**
 * Installs BlockHound when the tests start. BlockHound's own listener does so when it is loaded, and with two forks
 * Surefire loads listeners in Maven's JVM too, to find the tests.
 */
public final class BlockHoundListener implements TestExecutionListener {

    @Override
    public void testPlanExecutionStarted(TestPlan plan) {
        BlockHound.install();
    }
}
