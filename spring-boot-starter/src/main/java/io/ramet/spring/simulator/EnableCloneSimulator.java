package io.ramet.spring.simulator;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.context.annotation.Import;

/**
 * Points the client at a simulator within this process: nothing real is bought. On a test class or on a configuration. The
 * simulator is a bean, whose {@linkplain io.ramet.simulator.Simulator#books() books} a test can read; an application or test
 * that has a {@link io.ramet.simulator.Simulator} bean of its own, with faults or latency, gets that one.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@Import(SimulatorConfiguration.class)
public @interface EnableCloneSimulator {}
