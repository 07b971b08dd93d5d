package io.ramet.benchmarks.hotpath;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.List;

/** The strings that no reader of an answer can avoid to make. Where they stand is known beforehand. */
final class AnswerFloor {

    private final byte[] answer;
    private final int[] begins;
    private final int[] lengths;

    private AnswerFloor(byte[] answer, int[] begins, int[] lengths) {
        this.answer = answer;
        this.begins = begins;
        this.lengths = lengths;
    }

    static AnswerFloor of(byte[] answer, List<String> values) {
        String text = new String(answer, ISO_8859_1);
        int[] begins = values.stream()
                .mapToInt(value -> text.indexOf('"' + value + '"') + 1)
                .toArray();
        return new AnswerFloor(
                answer, begins, values.stream().mapToInt(String::length).toArray());
    }

    String[] values() {
        String[] values = new String[begins.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = new String(answer, begins[i], lengths[i], ISO_8859_1);
        }
        return values;
    }
}
