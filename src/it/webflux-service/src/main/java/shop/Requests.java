package shop;

import io.ramet.json.RequestJson;
import io.ramet.model.CloneRequest;
import java.nio.charset.StandardCharsets;

/** Reads request bodies: the API's own request in JSON, with a GoodsNum of any size. */
final class Requests {

    private Requests() {}

    /** Takes bytes, because Spring logs a body that it reads as a String at DEBUG, including the password. */
    static CloneRequest read(byte[] body) {
        return RequestJson.shared().read(new String(body, StandardCharsets.UTF_8));
    }
}
