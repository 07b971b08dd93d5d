package io.ramet.simulator;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The actions of the Security Token Service. */
final class TokenService {

    private static final String ACCOUNT = "100000000001";

    private final Map<String, String> permanent = new ConcurrentHashMap<>();
    private final Set<String> webIdentities = ConcurrentHashMap.newKeySet();
    private final AtomicLong requests = new AtomicLong();
    private final TemporaryKeys keys;

    TokenService(TemporaryKeys keys) {
        this.keys = keys;
    }

    void accept(String secretId, String secretKey) {
        permanent.put(secretId, secretKey);
    }

    void acceptWebIdentity(String token) {
        webIdentities.add(token);
    }

    String respond(ApiRequest request, Instant now) {
        // Not a random UUID: its generator may block the event loop.
        String requestId = "simulated-sts-" + requests.incrementAndGet();
        try {
            return Envelope.response(handle(request, now), requestId);
        } catch (ApiError error) {
            return Envelope.error(error.code(), error.text(), requestId);
        }
    }

    private ObjectNode handle(ApiRequest request, Instant now) {
        if (!request.header("X-TC-Version").equals(Api.STS.version)) {
            throw new ApiError("NoSuchVersion", "There is no version " + request.header("X-TC-Version"));
        }
        if (request.header("X-TC-Region").isEmpty()) {
            throw new ApiError("MissingParameter", "The request is missing the header X-TC-Region.");
        }
        String action = request.header("X-TC-Action");
        JsonNode parameters = Envelope.parameters(request.body());
        return switch (action) {
            case "AssumeRole" -> {
                verify(request, now);
                yield assume(parameters, now);
            }
            case "AssumeRoleWithWebIdentity" -> {
                checkUnsigned(request);
                checkWebIdentity(parameters);
                yield assume(parameters, now);
            }
            case "GetCallerIdentity" -> Account.identity(ACCOUNT, !permanent.containsKey(verify(request, now)));
            default -> throw new ApiError("InvalidAction", "The action is not simulated: " + action);
        };
    }

    /** Verifies the signature, and returns the id of the key that signed. */
    private String verify(ApiRequest request, Instant now) {
        String id = request.secretId();
        String secret = permanent.get(id);
        new SignatureCheck(secret == null ? "" : id, secret == null ? "" : secret, "", Set.of("sts"), keys)
                .verify(request, now);
        return id;
    }

    private static void checkUnsigned(ApiRequest request) {
        if (!request.header("Authorization").equals("SKIP")
                || !request.header("X-TC-Token").isEmpty()) {
            throw new ApiError("AuthFailure.InvalidAuthorization", "This action is not signed.");
        }
    }

    private void checkWebIdentity(JsonNode parameters) {
        String token = parameters.path("WebIdentityToken").asString("");
        if (!webIdentities.contains(token)) {
            // The real service may quote the token.
            throw new ApiError("InvalidParameter.WebIdentityTokenError", "The token " + token + " is not valid.");
        }
        required(parameters, "ProviderId");
    }

    private ObjectNode assume(JsonNode parameters, Instant now) {
        required(parameters, "RoleArn");
        required(parameters, "RoleSessionName");
        long seconds = parameters.path("DurationSeconds").asLong(7200);
        if (seconds < 1 || seconds > 43_200) {
            throw new ApiError("InvalidParameter.OverTimeError", "DurationSeconds is out of its range.");
        }
        TemporaryKeys.Key key = keys.issue(now, Duration.ofSeconds(seconds));
        ObjectNode response = JsonNodeFactory.instance.objectNode();
        response.putObject("Credentials")
                .put("TmpSecretId", key.id())
                .put("TmpSecretKey", key.secret())
                .put("Token", key.token());
        return response.put("ExpiredTime", key.expiresAt().getEpochSecond())
                .put("Expiration", key.expiresAt().toString());
    }

    private static void required(JsonNode parameters, String name) {
        if (parameters.path(name).asString("").isEmpty()) {
            throw new ApiError("MissingParameter", "The request is missing the parameter " + name + ".");
        }
    }
}
