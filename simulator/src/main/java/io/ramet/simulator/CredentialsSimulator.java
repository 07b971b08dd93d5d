package io.ramet.simulator;

import io.netty.handler.codec.http.HttpHeaders;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.resources.LoopResources;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Simulates the two services that issue temporary keys, on one port of 127.0.0.1: the metadata service of a CVM
 * instance (GET) and the Security Token Service (POST). The simulator issues {@link TemporaryKeys}, verifies
 * signatures, checks that AssumeRoleWithWebIdentity is not signed, and records its requests.
 */
public final class CredentialsSimulator implements AutoCloseable {

    private static final String METADATA = "/latest/meta-data/cam/security-credentials/";
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

    private final Clock clock;
    private final TokenService sts;
    private final TemporaryKeys keys = new TemporaryKeys();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final LoopResources loops = LoopResources.create("ramet-credentials-simulator", 1, true);
    private final DisposableServer server;
    private volatile String role = "";
    private volatile Duration lifetime = Duration.ofHours(2);
    private volatile Function<String, Optional<Response>> misbehaviour = request -> Optional.empty();

    /**
     * A response that replaces the real one.
     *
     * @param status the HTTP status
     * @param body the body
     * @param delay the time until the response is sent
     */
    public record Response(int status, String body, Duration delay) {

        /**
         * A response without delay.
         *
         * @param status the HTTP status
         * @param body the body
         * @return the response
         */
        public static Response of(int status, String body) {
            return new Response(status, body, Duration.ZERO);
        }

        /**
         * An error of the API.
         *
         * @param code its code
         * @return the response
         */
        public static Response error(String code) {
            return of(200, Envelope.error(code, "Simulated: " + code, "simulated-request-id"));
        }
    }

    private CredentialsSimulator(Clock clock) {
        this.clock = clock;
        this.sts = new TokenService(keys);
        this.server = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .runOn(loops, false)
                .handle(this::exchange)
                .bindNow(LONGEST_WAIT);
    }

    /** {@return the two services, listening, on the system's clock} */
    public static CredentialsSimulator start() {
        return start(Clock.systemUTC());
    }

    /**
     * Starts the services.
     *
     * @param clock their clock
     * @return the two services, listening
     */
    public static CredentialsSimulator start(Clock clock) {
        return new CredentialsSimulator(Objects.requireNonNull(clock, "clock"));
    }

    /** {@return the address of both services} */
    public URI uri() {
        return URI.create("http://127.0.0.1:" + server.port());
    }

    /** {@return the keys that were issued} */
    public TemporaryKeys keys() {
        return keys;
    }

    /**
     * Binds a role to the instance. By default none is bound.
     *
     * @param name its name; empty for none
     */
    public void bindRole(String name) {
        role = Objects.requireNonNull(name, "name");
    }

    /**
     * Sets the lifetime of keys of the metadata service. Keys of the token service have the lifetime of the request.
     *
     * @param lifetime the lifetime, more than zero
     */
    public void lifetime(Duration lifetime) {
        this.lifetime = Objects.requireNonNull(lifetime, "lifetime");
    }

    /**
     * Accepts a permanent key at the token service.
     *
     * @param secretId its id
     * @param secretKey its key
     */
    public void accept(String secretId, String secretKey) {
        sts.accept(secretId, secretKey);
    }

    /**
     * Accepts a token at AssumeRoleWithWebIdentity.
     *
     * @param token the token
     */
    public void acceptWebIdentity(String token) {
        sts.acceptWebIdentity(token);
    }

    /**
     * Sets the misbehaviour from now on.
     *
     * @param misbehaviour receives each request in the form of {@link #requests}; a response that it returns replaces
     *     the real one, and no key is issued
     */
    public void misbehave(Function<String, Optional<Response>> misbehaviour) {
        this.misbehaviour = Objects.requireNonNull(misbehaviour, "misbehaviour");
    }

    /** {@return all requests in their order: {@code role}, {@code keys of NAME}, or an action of the token service} */
    public List<String> requests() {
        return List.copyOf(requests);
    }

    private Publisher<Void> exchange(HttpServerRequest request, HttpServerResponse response) {
        HttpHeaders headers = request.requestHeaders();
        return request.receive()
                .aggregate()
                .asByteArray()
                .defaultIfEmpty(new byte[0])
                .map(body -> new ApiRequest(request.method().name(), request.uri(), headers, body))
                .map(received -> respond(received, request.uri()))
                .flatMap(chosen -> {
                    Mono<Void> sent = response.status(chosen.status())
                            .header("Date", ResponseWriter.date(clock))
                            .sendString(Mono.just(chosen.body()))
                            .then();
                    return chosen.delay().isZero()
                            ? sent
                            : Mono.delay(chosen.delay()).then(sent);
                });
    }

    private Response respond(ApiRequest request, String uri) {
        boolean post = request.method().equals("POST");
        String name = post
                ? request.header("X-TC-Action")
                : uri.equals(METADATA) ? "role" : uri.replaceFirst("^" + METADATA, "keys of ");
        requests.add(name);
        return misbehaviour
                .apply(name)
                .orElseGet(() -> post ? Response.of(200, sts.respond(request, clock.instant())) : metadata(uri));
    }

    private Response metadata(String uri) {
        if (!role.isEmpty() && uri.equals(METADATA)) {
            return Response.of(200, role);
        }
        if (role.isEmpty() || !uri.equals(METADATA + role)) {
            return Response.of(404, "<html>404 - Not Found</html>");
        }
        TemporaryKeys.Key key = keys.issue(clock.instant(), lifetime);
        String json = JsonNodeFactory.instance
                .objectNode()
                .put("TmpSecretId", key.id())
                .put("TmpSecretKey", key.secret())
                .put("Token", key.token())
                .put("ExpiredTime", key.expiresAt().getEpochSecond())
                .put("Expiration", key.expiresAt().toString())
                .put("Code", "Success")
                .toString();
        return Response.of(200, json);
    }

    /** Stops listening. Closing again does nothing. */
    @Override
    public void close() {
        server.disposeNow(LONGEST_WAIT);
        loops.disposeLater(Duration.ZERO, LONGEST_WAIT).block(LONGEST_WAIT);
    }
}
