package io.ramet.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ramet.error.ApiRefusal;
import io.ramet.error.Effect;
import io.ramet.error.ErrorCodes;
import io.ramet.error.InvalidValueException;
import io.ramet.error.LostResponse;
import io.ramet.error.LostResponse.Phase;
import io.ramet.model.Deal;
import io.ramet.model.Fixtures;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.ChunkOutcome.InDoubt;
import io.ramet.outcome.ChunkOutcome.NotCloned;
import io.ramet.plan.CloneChunk;
import io.ramet.plan.ClonePlan;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutcomeJsonTest {

    private final OutcomeJson json = new OutcomeJson();
    private final CloneChunk chunk =
            ClonePlan.of(Fixtures.minimal().goodsNum(3).payAsYouGo().build()).chunk(0);

    @Test
    void aDoubtKeepsTheDealThatItsResponseNames() {
        InDoubt doubt = new InDoubt(chunk, new LostResponse("both", "d", "n", List.of("crs-1", "crs-2"), "r"));

        assertThat(again(doubt)).isInstanceOfSatisfying(InDoubt.class, kept -> {
            assertThat(kept.namedDeal()).isEqualTo(new Deal("d", "n", List.of("crs-1", "crs-2"), "r"));
            assertThat(kept.failure()).hasMessage(doubt.failure().getMessage());
            assertThat(((LostResponse) kept.failure()).phase()).isEqualTo(Phase.ANSWERED);
        });
    }

    @Test
    void aDoubtWithoutADealNamesNone() {
        InDoubt doubt = new InDoubt(chunk, new LostResponse(Phase.ANSWERING, "broke off", "r", null));

        assertThat(again(doubt)).isInstanceOfSatisfying(InDoubt.class, kept -> {
            assertThat(kept.namedDeal()).isEqualTo(new Deal(null, null, List.of(), "r"));
            assertThat(((LostResponse) kept.failure()).phase()).isEqualTo(Phase.ANSWERING);
        });
    }

    @Test
    void aRefusalThatWasNotConfirmedIsKeptAsADoubtAndCanBeConfirmedLater() {
        ApiRefusal refusal = new ApiRefusal(ErrorCodes.of("ResourceUnavailable.SaleOut"), "none left", "r");

        assertThat(again(new InDoubt(chunk, refusal.unconfirmed()))).isInstanceOfSatisfying(InDoubt.class, kept -> {
            assertThat(kept.failure().effect()).isEqualTo(Effect.POSSIBLE);
            ApiRefusal confirmed = ((ApiRefusal) kept.failure()).confirmed();
            assertThat(confirmed.effect()).isEqualTo(Effect.NONE);
            assertThat(confirmed).hasMessage(refusal.getMessage());
        });
        assertThat(again(new NotCloned(chunk, refusal))).isInstanceOf(NotCloned.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"outcome\":\"NOT_CLONED\",\"code\":\"InternalError\"}",
                "{\"outcome\":\"NOT_CLONED\",\"text\":\"broke off\"}",
                "{}",
                "null"
            })
    void noRefusalThatMayHaveHadAnEffectAndNoOutcomeAtAllIsRead(String stored) {
        assertThatThrownBy(() -> json.read(chunk, stored)).isInstanceOf(InvalidValueException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"outcome\":\"CLONED\",\"dealId\":\"d\",\"code\":\"InternalError\"}",
                "{\"outcome\":\"CLONED\",\"code\":\"ResourceUnavailable.SaleOut\"}",
                "{\"outcome\":\"NOT_CLONED\",\"dealId\":\"d\",\"code\":\"InvalidParameter\"}",
                "{\"outcome\":\"IN_DOUBT\",\"instanceIds\":[\"crs-1\"],\"code\":\"InternalError\"}"
            })
    void noOutcomeIsReadThatNamesBothACodeAndADeal(String stored) {
        assertThatThrownBy(() -> json.read(chunk, stored))
                .isInstanceOf(InvalidValueException.class)
                .hasMessageContaining("must not stand beside a deal");
    }

    private ChunkOutcome again(ChunkOutcome outcome) {
        return json.read(chunk, json.write(outcome));
    }
}
