package io.ramet.reactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.ramet.plan.PlanId;
import io.ramet.reactor.credentials.CredentialsSource;
import io.ramet.reactor.credentials.CredentialsSources;
import io.ramet.reactor.credentials.RefreshingCredentials;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.reactor.lookup.LookupClient;
import io.ramet.reactor.observe.CloneActivity;
import io.ramet.reactor.observe.Micrometer;
import io.ramet.reactor.shape.SharedShaper;
import io.ramet.reactor.transport.HttpProxy;
import io.ramet.reactor.transport.Network;
import io.ramet.reactor.transport.ReactorNettyCredentialsTransport;
import io.ramet.reactor.transport.ReactorNettyTransport;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** No public parameter takes null: each rejects it at once, with a message that names it. */
class NullTest {

    /** The beginning of each builder of the module; a builder that is missing here fails the test. */
    private static final Map<String, Supplier<Object>> BUILDERS = Map.of(
            "io.ramet.reactor.CloneClientBuilder", CloneClient::builder,
            "io.ramet.reactor.credentials.CredentialsSourcesBuilder", CredentialsSources::builder,
            "io.ramet.reactor.credentials.RefreshingCredentialsBuilder",
                    () -> RefreshingCredentials.of((CredentialsSource) sample(CredentialsSource.class)),
            "io.ramet.reactor.shape.SharedShaper$Builder", () -> SharedShaper.on(configuration -> null),
            "io.ramet.reactor.journal.JdbcJournalBuilder",
                    () -> CloneJournal.jdbcBuilder((DataSource) sample(DataSource.class)));

    @Test
    void everySetterOfEveryBuilderRejectsNullByName() throws Exception {
        List<String> builders = publicClasses("Builder.class");
        assertThat(builders).isNotEmpty();
        for (String name : builders) {
            assertThat(BUILDERS).as("how is it begun?").containsKey(name);
            for (Method method : Class.forName(name).getDeclaredMethods()) {
                if (Modifier.isPublic(method.getModifiers()) && !method.isBridge() && !method.isSynthetic()) {
                    assertRejectsNull(method, () -> BUILDERS.get(name).get());
                }
            }
        }
    }

    @Test
    void everyMethodOfTheClientRejectsNullByName() throws Exception {
        try (CloneClient client = CloneClient.builder().region(Fixtures.REGION).build()) {
            for (Method method : CloneClient.class.getMethods()) {
                assertRejectsNull(method, () -> client);
            }
        }
    }

    @Test
    void everyLookUpRejectsNullByName() throws Exception {
        try (CloneClient client = CloneClient.builder().region(Fixtures.REGION).build()) {
            for (Method method : LookupClient.class.getMethods()) {
                assertRejectsNull(method, client::lookups);
            }
        }
    }

    @Test
    void everyFactoryOfWhatAClientIsBuiltWithRejectsNullByName() throws Exception {
        for (Class<?> type : List.of(
                PasswordProvider.class,
                Micrometer.class,
                CloneActivity.class,
                ReactorNettyTransport.class,
                ReactorNettyCredentialsTransport.class)) {
            for (Method method : type.getDeclaredMethods()) {
                if (Modifier.isPublic(method.getModifiers()) && Modifier.isStatic(method.getModifiers())) {
                    assertRejectsNull(method, () -> null);
                }
            }
            for (Constructor<?> constructor : type.getConstructors()) {
                assertRejectsNull(constructor, () -> null);
            }
        }
    }

    @Test
    void everySetterOfTheNetworkRejectsNullByName() {
        for (Object immutable : List.of(Network.direct(), HttpProxy.parse("--proxy", "http://127.0.0.1:3128"))) {
            for (Method method : immutable.getClass().getMethods()) {
                if (method.getReturnType() == immutable.getClass() && !Modifier.isStatic(method.getModifiers())) {
                    assertRejectsNull(method, () -> immutable);
                }
            }
        }
    }

    private static void assertRejectsNull(Executable method, Supplier<@Nullable Object> target) {
        Parameter[] parameters = method.getParameters();
        for (int i = 0; i < parameters.length; i++) {
            Parameter parameter = parameters[i];
            if (parameter.getType().isPrimitive()) {
                continue;
            }
            assertThat(parameter.getAnnotatedType().isAnnotationPresent(Nullable.class))
                    .as("%s: %s is nullable", method, parameter)
                    .isFalse();
            Object[] arguments = Arrays.stream(parameters)
                    .map(other -> other.equals(parameter) ? null : sample(other.getType()))
                    .toArray();
            assertThatThrownBy(() -> call(method, target.get(), arguments))
                    .as("%s: %s", method, parameter.getName())
                    .isInstanceOf(NullPointerException.class)
                    .hasMessage(parameter.getName());
        }
    }

    private static void call(Executable method, @Nullable Object target, Object[] arguments) throws Throwable {
        try {
            if (method instanceof Constructor<?> constructor) {
                constructor.newInstance(arguments);
            } else {
                ((Method) method).invoke(target, arguments);
            }
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    /** A value for another parameter of the same method, so far as one is needed. */
    private static @Nullable Object sample(Class<?> type) {
        return type == PlanId.class
                ? PlanId.of("order-1")
                : type == String.class
                        ? "crs-xjhsdj12"
                        : type == MeterRegistry.class
                                ? new SimpleMeterRegistry()
                                : type.isInterface()
                                        ? Proxy.newProxyInstance(
                                                type.getClassLoader(),
                                                new Class<?>[] {type},
                                                (proxy, method, arguments) -> null)
                                        : null;
    }

    /** {@return the names of the module's public classes whose file name ends so} */
    private static List<String> publicClasses(String ending) throws Exception {
        Path classes = Path.of(CloneClient.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        try (Stream<Path> files = Files.walk(classes)) {
            List<String> names = new ArrayList<>();
            for (Path file :
                    files.filter(path -> path.toString().endsWith(ending)).toList()) {
                String name =
                        classes.relativize(file).toString().replace('/', '.').replaceAll("\\.class$", "");
                if (Modifier.isPublic(Class.forName(name).getModifiers())) {
                    names.add(name);
                }
            }
            return names;
        }
    }
}
