package shop;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.ramet.error.CallFailure;
import io.ramet.model.Deal;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.plan.CloneChunk;
import io.ramet.spring.CloneProblems;
import java.util.List;
import org.springframework.http.ProblemDetail;

/** An event in the stream of a plan. */
sealed interface CloneEvent {

    /** {@return cloned, not-cloned, in-doubt, done or problem} */
    @JsonProperty
    String event();

    /** The outcome of a chunk. */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    record Outcome(
            String event,
            int chunk,
            int goodsNum,
            String instanceName,
            String dealId,
            String dealName,
            List<String> instanceIds,
            String requestId,
            ProblemDetail problem)
            implements CloneEvent {

        static Outcome of(ChunkOutcome outcome) {
            CloneChunk chunk = outcome.chunk();
            return outcome.fold(
                    cloned -> of("cloned", chunk, cloned.deal()),
                    notCloned -> of("not-cloned", chunk, notCloned.failure()),
                    inDoubt -> of("in-doubt", chunk, inDoubt.failure()));
        }

        private static Outcome of(String event, CloneChunk chunk, Deal deal) {
            return new Outcome(
                    event,
                    chunk.index(),
                    chunk.goodsNum(),
                    chunk.instanceName(),
                    deal.dealId(),
                    deal.dealName(),
                    deal.instanceIds(),
                    deal.requestId(),
                    null);
        }

        private static Outcome of(String event, CloneChunk chunk, CallFailure failure) {
            return new Outcome(
                    event,
                    chunk.index(),
                    chunk.goodsNum(),
                    chunk.instanceName(),
                    null,
                    null,
                    List.of(),
                    failure.requestId().orElse(null),
                    CloneProblems.of(failure));
        }
    }

    /** No process is buying the plan any more; the report says whether anything is missing. */
    record Done(ReportView report) implements CloneEvent {

        @Override
        public String event() {
            return "done";
        }
    }

    /** The failure that ended the stream after its first byte, when it was too late for an HTTP status. */
    record Problem(ProblemDetail problem) implements CloneEvent {

        @Override
        public String event() {
            return "problem";
        }
    }
}
