package io.ramet.reactor;

import static io.ramet.reactor.Fixtures.PATIENCE;
import static io.ramet.reactor.Fixtures.plan;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ramet.error.InvalidValueException;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.reactor.shape.RequestShaper;
import io.ramet.reactor.transport.ApiTransport;
import io.ramet.sign.Credentials;
import io.ramet.sign.CredentialsProvider;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each resource is closed by its creator; a copy of a client shares what the client works with. */
class OwnershipTest {

    private static final CredentialsProvider CREDENTIALS = CredentialsProvider.fixed(Credentials.of("id", "key"));

    private final List<String> closed = new CopyOnWriteArrayList<>();
    private final Ledger server = Ledger.healthy();

    @Test
    void aClientClosesItsTransportsAndNothingThatItWasGiven() {
        ApiTransport.Factory transports = settings -> given(ApiTransport.class, server.open(settings), settings.name());
        CloneClient client = CloneClient.builder()
                .region(Fixtures.REGION)
                .transport(given(ApiTransport.Factory.class, transports, "transport factory"))
                .shaper(given(RequestShaper.class, new UnlimitedShaper(), "shaper"))
                .journal(given(CloneJournal.class, CloneJournal.inMemory(), "journal"))
                .credentials(given(CredentialsProvider.class, CREDENTIALS, "credentials"))
                .build();
        assertThat(client.cloneReport(plan(60)).block(PATIENCE).complete()).isTrue();
        assertThat(closed).isEmpty();
        client.close();
        assertThat(closed)
                .containsExactlyInAnyOrder(
                        "ramet-purchases", "ramet-lookups", "ramet-vpc", "ramet-billing", "ramet-sts");
    }

    @Test
    void aCopyHasTheSettingsAndSharesJournalAndShaperThoughTheClientCreatedThem() {
        try (CloneClient client = client().maxInstances(60).build();
                CloneClient copy = client.toBuilder().build()) {
            assertThat(client.cloneReport(plan("order-1", 60)).block(PATIENCE).complete())
                    .isTrue();
            assertThat(copy.cloneReport(plan("order-1", 60)).block(PATIENCE).complete())
                    .isTrue();
            assertThat(server.executions).as("bought once").hasSize(2);
            assertThatThrownBy(() -> copy.cloneReport(plan(90)).block(PATIENCE))
                    .isInstanceOf(InvalidValueException.class);
        }
    }

    @Test
    void aSettingOfACopyIsNotOneOfTheClient() {
        try (CloneClient client = client().maxInstances(60).build();
                CloneClient copy = client.toBuilder().maxInstances(90).build()) {
            assertThat(copy.cloneReport(plan(90)).block(PATIENCE).complete()).isTrue();
            assertThatThrownBy(() -> client.cloneReport(plan(90)).block(PATIENCE))
                    .isInstanceOf(InvalidValueException.class);
        }
    }

    @Test
    void closingACopyLeavesTheClientOpen() {
        try (CloneClient client = client().build()) {
            client.toBuilder().build().close();
            assertThat(client.cloneReport(plan(60)).block(PATIENCE).complete()).isTrue();
        }
    }

    private CloneClientBuilder client() {
        return CloneClient.builder()
                .region(Fixtures.REGION)
                .credentials(CREDENTIALS)
                .transport(server);
    }

    /** The real one, which could be closed and notices that it is. */
    private <T> T given(Class<T> type, T real, String name) {
        Set<String> closing = Set.of("close", "dispose", "disposeLater");
        boolean closes =
                Stream.of(type.getMethods()).anyMatch(method -> method.getName().equals("close"));
        Class<?>[] closeable = closes ? new Class<?>[] {type} : new Class<?>[] {type, AutoCloseable.class};
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), closeable, (proxy, method, arguments) -> {
            if (closing.contains(method.getName())) {
                closed.add(name);
            }
            try {
                return method.invoke(real, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }));
    }
}
