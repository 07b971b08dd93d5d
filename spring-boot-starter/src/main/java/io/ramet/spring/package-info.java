/** Ramet in a Spring Boot application. */
@NullMarked
package io.ramet.spring;

import org.jspecify.annotations.NullMarked;
