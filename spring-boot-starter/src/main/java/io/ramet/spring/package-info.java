/** Auto-configuration of the client for Spring Boot. */
@NullMarked
package io.ramet.spring;

import org.jspecify.annotations.NullMarked;
