package io.ramet.spring;

import io.ramet.error.RametException;
import io.ramet.reactor.journal.PlanBusyException;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/**
 * Auto-configures responses to the library's exceptions in a web application, as {@link CloneProblems} describes them.
 */
@AutoConfiguration
@ConditionalOnClass({ProblemDetail.class, RestControllerAdvice.class})
@ConditionalOnWebApplication
@ConditionalOnProperty(
        name = {"ramet.enabled", "ramet.problem-details"},
        matchIfMissing = true)
public final class RametProblemDetailsAutoConfiguration {

    RametProblemDetailsAutoConfiguration() {}

    @Bean
    Advice cloneProblemAdvice() {
        return new Advice();
    }

    /** Without an order, so that an advice of the application's own comes first. */
    @RestControllerAdvice
    static final class Advice {

        private static final String RETRY_AFTER_SECONDS = "5";

        /**
         * An exception of the application's own that has ours as its cause is left alone: it may have a status of its
         * own.
         */
        @ExceptionHandler(RametException.class)
        ResponseEntity<ProblemDetail> respond(RametException failure, Throwable thrown) {
            if (thrown != failure) {
                throw failure;
            }
            ProblemDetail problem = CloneProblems.of(failure);
            ResponseEntity.BodyBuilder response = ResponseEntity.status(problem.getStatus());
            if (problem.getStatus() == 503 || failure instanceof PlanBusyException) {
                response.header(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS);
            }
            return response.body(problem);
        }
    }
}
