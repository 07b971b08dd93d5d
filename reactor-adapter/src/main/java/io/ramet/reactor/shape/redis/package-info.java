/**
 * A limit that replicas share in Redis ({@link io.ramet.reactor.shape.redis.RedisShaper}), by the clock of Redis. Needs
 * {@code bucket4j_jdk17-lettuce} and {@code lettuce-core} on the class path.
 */
@NullMarked
package io.ramet.reactor.shape.redis;

import org.jspecify.annotations.NullMarked;
