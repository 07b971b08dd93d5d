package io.ramet.simulator;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Loads the classes that a request needs, before the first real request. Loading them later would block an event loop
 * for several windows of the limit; the requests that wait would then arrive in one burst and exceed the limit.
 */
final class WarmUp {

    private static final int REQUESTS = 20;
    private static final int TIMEOUT_MILLIS = 60_000;
    private static final String NAMES = "content-type;host";
    private static final String BODY = """
            {"InstanceId":"crs-warmup00","GoodsNum":1,"ZoneId":1,"BillingMode":0,"Period":1,"SecurityGroupIdList":["sg"],
            "BackupId":"1","NoAuth":true}""";

    private WarmUp() {}

    /** Only the initialisation of the holder class sends requests, so they are sent once. */
    static void oncePerProcess() {
        if (Done.EXECUTED != REQUESTS) {
            throw new IllegalStateException("warmed up by " + Done.EXECUTED + " requests instead of " + REQUESTS);
        }
    }

    private static final class Done {
        static final int EXECUTED = sendToThrowaway();
    }

    private static int sendToThrowaway() {
        try (Simulator throwaway =
                Simulator.builder().cold().limit(RateLimit.none()).start()) {
            for (int sent = 0; sent < REQUESTS; sent++) {
                exchange(throwaway);
            }
            return throwaway.books().bought();
        } catch (IOException unexpected) {
            throw new UncheckedIOException("the simulator cannot be reached on the loopback interface", unexpected);
        }
    }

    private static void exchange(Simulator throwaway) throws IOException {
        InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        try (Socket socket = new Socket(loopback, throwaway.port())) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.getOutputStream().write(request(throwaway).getBytes(StandardCharsets.UTF_8));
            socket.getInputStream().readAllBytes();
        }
    }

    private static String request(Simulator throwaway) {
        Instant now = Clock.systemUTC().instant();
        HttpHeaders headers = new DefaultHttpHeaders()
                .set("Host", "127.0.0.1")
                .set("Connection", "close")
                .set("Content-Type", "application/json")
                .set("Content-Length", BODY.length())
                .set("X-TC-Action", Action.CLONE_INSTANCES.wireName)
                .set("X-TC-Version", Api.REDIS.version)
                .set("X-TC-Region", "ap-guangzhou")
                .set("X-TC-Timestamp", now.getEpochSecond());
        ApiRequest request = new ApiRequest("POST", "/", headers, BODY.getBytes(StandardCharsets.UTF_8));
        String date = now.atOffset(ZoneOffset.UTC).toLocalDate().toString();
        byte[] signature = new SignatureCheck(throwaway.secretId(), throwaway.secretKey(), "", Set.of())
                .signature(request, NAMES, date, "redis");
        headers.set(
                "Authorization",
                "TC3-HMAC-SHA256 Credential=" + throwaway.secretId() + "/" + date + "/redis/tc3_request, SignedHeaders="
                        + NAMES + ", Signature=" + HexFormat.of().formatHex(signature));
        return "POST / HTTP/1.1\r\n"
                + headers.entries().stream().map(WarmUp::line).collect(Collectors.joining())
                + "\r\n"
                + BODY;
    }

    private static String line(Map.Entry<String, String> header) {
        return header.getKey() + ": " + header.getValue() + "\r\n";
    }
}
