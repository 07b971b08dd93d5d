package io.ramet.benchmarks.hotpath;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.List;

/** The strings that every reader of a response has to create, from places that are known beforehand. */
final class ResponseFloor {

    private final byte[] response;
    private final int[] begins;
    private final int[] lengths;

    private ResponseFloor(byte[] response, int[] begins, int[] lengths) {
        this.response = response;
        this.begins = begins;
        this.lengths = lengths;
    }

    static ResponseFloor of(byte[] response, List<String> values) {
        String text = new String(response, ISO_8859_1);
        int[] begins = values.stream()
                .mapToInt(value -> text.indexOf('"' + value + '"') + 1)
                .toArray();
        return new ResponseFloor(
                response, begins, values.stream().mapToInt(String::length).toArray());
    }

    String[] values() {
        String[] values = new String[begins.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = new String(response, begins[i], lengths[i], ISO_8859_1);
        }
        return values;
    }
}
