package io.ramet.reactor.run;

import io.ramet.error.NotSent;
import io.ramet.error.NotSent.Reason;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.ChunkOutcome.Cloned;
import io.ramet.reactor.observe.CloneObserver.Alarm;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Recognizes outcomes that cannot be right; each chunk raises one alarm at most. {@code PlanAuditor} recognizes
 * instances that no outcome reports. Not thread-safe.
 */
final class Alarms {

    private final BitSet alarmed = new BitSet();
    private final List<Alarm> raised = new ArrayList<>();

    /** {@return why the sending stops if more instances exist than the chunk requested, else null} */
    @Nullable
    NotSent surplus(ChunkOutcome outcome) {
        return outcome instanceof Cloned cloned && cloned.surplus() > 0
                ? raise(
                        cloned,
                        Alarm.Kind.SURPLUS,
                        cloned.chunk().instanceName() + " exists "
                                + cloned.deal().instanceIds().size() + " times instead of "
                                + cloned.chunk().goodsNum())
                : null;
    }

    /**
     * {@return why the sending stops if an id of the outcome was reported for another chunk as well, else null} Such an
     * id shows that responses are attributed to the wrong requests.
     */
    @Nullable
    NotSent duplicate(ChunkOutcome outcome, RunOutcomes outcomes) {
        String twice = outcomes.add(outcome);
        return twice == null ? null : raise(outcome, Alarm.Kind.DUPLICATE, twice);
    }

    /** {@return the alarms raised since the last call} */
    List<Alarm> take() {
        List<Alarm> taken = List.copyOf(raised);
        raised.clear();
        return taken;
    }

    private NotSent raise(ChunkOutcome outcome, Alarm.Kind kind, String what) {
        int index = outcome.chunk().index();
        if (!alarmed.get(index)) {
            alarmed.set(index);
            raised.add(new Alarm(kind, what));
        }
        return new NotSent(Reason.RUN_STOPPED, "ALARM: " + what, null);
    }
}
