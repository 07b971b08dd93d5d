package shop;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.springframework.util.FileSystemUtils;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One page of a real browser without a window, driven over the DevTools protocol: no driver program, no library. */
final class Chromium implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String LISTENING = "DevTools listening on ";

    private final JsonMapper json = new JsonMapper();
    private final HttpClient http = HttpClient.newHttpClient();
    private final Map<Integer, CompletableFuture<JsonNode>> waiting = new ConcurrentHashMap<>();
    private final AtomicInteger sent = new AtomicInteger();
    private final Path profile;
    private final Process process;
    private final WebSocket socket;

    private Chromium(Path program) throws IOException, InterruptedException {
        profile = Files.createTempDirectory("chromium");
        process = new ProcessBuilder(
                        program.toString(),
                        "--headless=new",
                        "--no-sandbox", // root has none, and nothing but our own page is opened
                        "--disable-gpu",
                        "--disable-dev-shm-usage",
                        "--no-first-run",
                        "--remote-debugging-port=0",
                        "--user-data-dir=" + profile,
                        "about:blank")
                .redirectErrorStream(true)
                .start();
        socket = http.newWebSocketBuilder()
                .buildAsync(page(debugger()), new Responses())
                .join();
    }

    /** {@return where it is installed, if it is} */
    static Optional<Path> installed() {
        return Stream.of(System.getenv("PATH").split(":"))
                .flatMap(folder -> Stream.of("chromium", "chromium-browser", "google-chrome")
                        .map(name -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    static Chromium start(Path program) throws IOException, InterruptedException {
        return new Chromium(program);
    }

    /** Opens a page and waits until it is loaded. */
    void open(String address) {
        call("Page.navigate", Map.of("url", address));
        until("document.readyState === 'complete' && location.href.startsWith('" + address + "')");
    }

    /** Sets the size of the window, without animations, so that no picture is taken in the middle of one. */
    void window(int width, int height, String scheme) {
        call(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1.5, "mobile", width < 500));
        call(
                "Emulation.setEmulatedMedia",
                Map.of(
                        "features",
                        List.of(
                                Map.of("name", "prefers-color-scheme", "value", scheme),
                                Map.of("name", "prefers-reduced-motion", "value", "reduce"))));
    }

    /** {@return the value of a JavaScript expression} */
    JsonNode evaluate(String expression) {
        JsonNode response =
                call("Runtime.evaluate", Map.of("expression", expression, "returnByValue", true, "awaitPromise", true));
        if (response.has("exceptionDetails")) {
            throw new IllegalStateException(expression + ": " + response.get("exceptionDetails"));
        }
        return response.get("result").path("value");
    }

    /** Waits until a JavaScript expression is true. */
    void until(String condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!holds(condition)) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("not within " + PATIENCE + ": " + condition + "; the page says\n"
                        + evaluate("document.body.innerText").asString());
            }
            pause();
        }
    }

    private boolean holds(String condition) {
        try {
            return evaluate("!!(" + condition + ")").asBoolean();
        } catch (IllegalStateException stillLoading) {
            return false;
        }
    }

    /** Presses a key as a person does, on whatever has the focus. */
    void press(String key) {
        String text = key.equals("Enter") ? "\r" : "";
        call(
                "Input.dispatchKeyEvent",
                Map.of(
                        "type",
                        "keyDown",
                        "key",
                        key,
                        "code",
                        key,
                        "text",
                        text,
                        "windowsVirtualKeyCode",
                        key.equals("Enter") ? 13 : 9));
        call("Input.dispatchKeyEvent", Map.of("type", "keyUp", "key", key, "code", key));
    }

    /** Types into whatever has the focus. */
    void type(String text) {
        call("Input.insertText", Map.of("text", text));
    }

    /** Saves the downloads of the page in this folder. */
    void downloadTo(Path folder) {
        call("Browser.setDownloadBehavior", Map.of("behavior", "allow", "downloadPath", folder.toString()));
    }

    /** {@return the names of the elements with these roles, as a screen reader reads them} */
    List<String> namesOf(Set<String> roles) {
        return call("Accessibility.getFullAXTree", Map.of())
                .get("nodes")
                .valueStream()
                .filter(node -> roles.contains(node.at("/role/value").asString()))
                .map(node -> node.at("/name/value").asString())
                .toList();
    }

    /** {@return the whole page as PNG} */
    byte[] screenshot() {
        JsonNode picture = call("Page.captureScreenshot", Map.of("captureBeyondViewport", true));
        return Base64.getDecoder().decode(picture.get("data").asString());
    }

    @Override
    public void close() throws IOException, InterruptedException {
        socket.abort();
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        FileSystemUtils.deleteRecursively(profile);
    }

    private JsonNode call(String method, Map<String, ?> parameters) {
        int id = sent.incrementAndGet();
        CompletableFuture<JsonNode> response = new CompletableFuture<>();
        waiting.put(id, response);
        socket.sendText(json.writeValueAsString(Map.of("id", id, "method", method, "params", parameters)), true)
                .join();
        JsonNode message =
                response.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
        if (message.has("error")) {
            throw new IllegalStateException(method + ": " + message.get("error"));
        }
        return message.get("result");
    }

    private URI debugger() throws IOException {
        BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        StringBuilder seen = new StringBuilder();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.startsWith(LISTENING)) {
                Thread drain = new Thread(() -> output.lines().forEach(more -> {}), "chromium-output");
                drain.setDaemon(true);
                drain.start();
                return URI.create(line.substring(LISTENING.length()));
            }
            seen.append(line).append('\n');
        }
        throw new IOException("the browser did not start:\n" + seen);
    }

    private URI page(URI debugger) throws IOException, InterruptedException {
        URI list = URI.create("http://" + debugger.getAuthority() + "/json/list");
        for (long end = System.nanoTime() + PATIENCE.toNanos(); System.nanoTime() < end; pause()) {
            String targets = http.send(HttpRequest.newBuilder(list).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
            for (JsonNode target : json.readTree(targets)) {
                if (target.path("type").asString().equals("page")) {
                    return URI.create(target.get("webSocketDebuggerUrl").asString());
                }
            }
        }
        throw new IOException("the browser has no page");
    }

    static void pause() {
        try {
            Thread.sleep(20);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private final class Responses implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                JsonNode message = json.readTree(text.toString());
                text.setLength(0);
                CompletableFuture<JsonNode> response =
                        waiting.remove(message.path("id").asInt());
                if (response != null) {
                    response.complete(message);
                }
            }
            from.request(1);
            return null;
        }
    }
}
