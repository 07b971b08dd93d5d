package io.ramet.json;

import com.fasterxml.jackson.annotation.JsonInclude.Include;
import io.ramet.error.ApiRefusal;
import io.ramet.error.CallFailure;
import io.ramet.error.Effect;
import io.ramet.error.ErrorCode;
import io.ramet.error.ErrorCodes;
import io.ramet.error.InvalidValueException;
import io.ramet.error.LostResponse;
import io.ramet.error.LostResponse.Phase;
import io.ramet.model.Deal;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.ChunkOutcome.Cloned;
import io.ramet.outcome.ChunkOutcome.InDoubt;
import io.ramet.outcome.ChunkOutcome.NotCloned;
import io.ramet.plan.CloneChunk;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/** Final outcomes as JSON for a journal, without their chunk. Thread-safe. */
public final class OutcomeJson {

    private final ObjectWriter writer;
    private final ObjectReader reader;

    /** Prepares reader and writer, so that Jackson takes no lock for them later. */
    public OutcomeJson() {
        JsonMapper mapper = JsonMapper.builder()
                .changeDefaultPropertyInclusion(value -> value.withValueInclusion(Include.NON_EMPTY))
                .build();
        this.writer = mapper.writerFor(Stored.class);
        this.reader = mapper.readerFor(Stored.class);
    }

    /**
     * Writes an outcome.
     *
     * @param outcome a deal, a refusal, or a doubt
     * @return a JSON object
     * @throws IllegalArgumentException if the chunk was never sent, which is not final
     */
    public String write(ChunkOutcome outcome) {
        return writer.writeValueAsString(outcome.fold(
                cloned -> Stored.of(cloned.deal()),
                notCloned -> Stored.of(Kind.NOT_CLONED, notCloned.failure()),
                inDoubt -> Stored.of(Kind.IN_DOUBT, inDoubt.failure())));
    }

    /**
     * Reads an outcome.
     *
     * @param chunk the chunk of the outcome
     * @param json what {@link #write} returned
     * @return the outcome
     * @throws tools.jackson.core.JacksonException if it is not JSON of this form
     * @throws InvalidValueException if it is JSON of this form, but not an outcome
     */
    public ChunkOutcome read(CloneChunk chunk, String json) {
        Stored stored = reader.readValue(json);
        if (stored == null || stored.outcome() == null) {
            throw new InvalidValueException("outcome", "(none)", "is required");
        }
        boolean names = stored.outcome() == Kind.CLONED || stored.namesADeal();
        InvalidValueException.unless(
                stored.code() == null || !names, "code", String.valueOf(stored.code()), "must not stand beside a deal");
        return switch (stored.outcome()) {
            case CLONED -> new Cloned(chunk, stored.deal());
            case NOT_CLONED -> new NotCloned(chunk, stored.refusal());
            case IN_DOUBT -> new InDoubt(chunk, stored.failure());
        };
    }

    private enum Kind {
        CLONED,
        NOT_CLONED,
        IN_DOUBT
    }

    private record Stored(
            @Nullable Kind outcome,
            @Nullable String dealId,
            @Nullable String dealName,
            @Nullable List<String> instanceIds,
            @Nullable String requestId,
            @Nullable String code,
            @Nullable Phase reached,
            @Nullable String text) {

        static Stored of(Deal deal) {
            return new Stored(
                    Kind.CLONED,
                    deal.dealId(),
                    deal.dealName(),
                    deal.instanceIds(),
                    deal.requestId(),
                    null,
                    null,
                    null);
        }

        static Stored of(Kind kind, CallFailure failure) {
            String requestId = failure.requestId().orElse(null);
            if (failure instanceof ApiRefusal refusal) {
                return new Stored(
                        kind, null, null, null, requestId, refusal.code().name(), null, refusal.text());
            }
            if (failure instanceof LostResponse lost) {
                return new Stored(
                        kind,
                        lost.dealId().orElse(null),
                        lost.dealName().orElse(null),
                        lost.instanceIds(),
                        requestId,
                        null,
                        lost.phase(),
                        lost.what());
            }
            throw new IllegalArgumentException("not final: " + failure.getMessage());
        }

        Deal deal() {
            return new Deal(dealId, dealName, instanceIds == null ? List.of() : instanceIds, requestId);
        }

        boolean namesADeal() {
            return dealId != null || dealName != null || instanceIds != null;
        }

        CallFailure refusal() {
            CallFailure failure = failure();
            InvalidValueException.unless(
                    failure.effect() == Effect.NONE, "code", String.valueOf(code), "must be a code without effect");
            return failure;
        }

        CallFailure failure() {
            String words = text == null ? "" : text;
            if (code != null) {
                ErrorCode known = ErrorCodes.of(code);
                return new ApiRefusal(outcome == Kind.IN_DOUBT ? known.unconfirmed() : known, words, requestId);
            }
            return namesADeal()
                    ? new LostResponse(words, dealId, dealName, deal().instanceIds(), requestId)
                    : new LostResponse(reached == null ? Phase.WRITTEN : reached, words, requestId, null);
        }
    }
}
