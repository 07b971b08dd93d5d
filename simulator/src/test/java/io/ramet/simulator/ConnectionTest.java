package io.ramet.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class ConnectionTest {

    @AutoClose
    private final Simulator simulator = Simulator.start();

    private SignedCall call() {
        return SignedCall.clone(simulator);
    }

    @Test
    void refusedConnectionIsRefusedByTheSystemUntilThePortIsBoundAgain() throws IOException {
        int port = simulator.port();

        simulator.refuseConnections(true);
        simulator.refuseConnections(true);
        assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> Wire.to(simulator));

        simulator.refuseConnections(false);
        simulator.refuseConnections(false);
        assertThat(Wire.refusal(simulator, call())).isEmpty();
        assertThat(simulator.port()).isEqualTo(port);
    }

    @Test
    void openConnectionSurvivesThatNewOnesAreRefused() throws IOException {
        try (Wire wire = Wire.to(simulator)) {
            wire.send(call()).read();
            simulator.refuseConnections(true);

            assertThat(wire.send(call()).read().response().has("DealId")).isTrue();

            simulator.refuseConnections(false);
            assertThat(Wire.refusal(simulator, call())).isEmpty();
        }
    }

    @Test
    void connectionIsResetAtAcceptBeforeAnyArrival() throws IOException {
        simulator.resetConnections(true);
        assertThatExceptionOfType(SocketException.class).isThrownBy(() -> Wire.ask(simulator, call()));
        assertThat(simulator.books().arrivals()).isEmpty();

        simulator.resetConnections(false);
        assertThat(Wire.refusal(simulator, call())).isEmpty();
    }

    @Test
    void idleConnectionCanBeClosedOrReset() throws IOException {
        try (Wire closed = Wire.to(simulator);
                Wire reset = Wire.to(simulator)) {
            closed.send(call()).read();
            simulator.dropConnections(false);
            assertThat(closed.readToEnd()).isEmpty();
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> reset.send(call()).read());
        }
        try (Wire reset = Wire.to(simulator)) {
            reset.send(call()).read();
            simulator.dropConnections(true);
            assertThatExceptionOfType(SocketException.class).isThrownBy(reset::readToEnd);
        }
    }

    @Test
    void closingTwiceIsClosingOnceAndEndsHangingCalls() throws IOException {
        simulator.misbehave(Misbehaviour.always(Fault.hang(false)));
        try (Wire wire = Wire.to(simulator)) {
            wire.send(call());

            simulator.close();
            simulator.close();

            assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> Wire.to(simulator));
        }
        assertThatIllegalStateException().isThrownBy(() -> simulator.refuseConnections(false));
    }

    @Test
    void booksCanBeReadAfterClosing() throws IOException {
        Wire.ask(simulator, call());
        simulator.close();

        assertThat(simulator.books().bought()).isEqualTo(2);
    }
}
