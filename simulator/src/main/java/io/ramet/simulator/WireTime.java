package io.ramet.simulator;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Time as the API writes it. Its zone is not documented; here it is that of the service's home, UTC+8. */
final class WireTime {

    private static final DateTimeFormatter FORMAT =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.ofHours(8));

    private WireTime() {}

    static String text(Instant instant) {
        return FORMAT.format(instant);
    }
}
