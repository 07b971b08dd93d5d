/**
 * Auto-configuration of the client for Spring Boot: a client from {@code ramet.*} properties, its journal, shaper and
 * credentials, its health, and its shutdown in step with the web server.
 */
@NullMarked
package io.ramet.spring;

import org.jspecify.annotations.NullMarked;
