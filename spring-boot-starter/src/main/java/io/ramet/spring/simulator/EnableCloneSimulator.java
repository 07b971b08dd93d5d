package io.ramet.spring.simulator;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.context.annotation.Import;

/**
 * Connects the client to a simulator in this process, so that nothing real is bought. Annotates a test class or a
 * configuration. The simulator is a bean whose {@linkplain io.ramet.simulator.Simulator#books() books} a test can read;
 * a {@link io.ramet.simulator.Simulator} bean of the application's own, with faults or latency, takes its place.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@Import(SimulatorConfiguration.class)
public @interface EnableCloneSimulator {}
