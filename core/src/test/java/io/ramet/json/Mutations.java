package io.ramet.json;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Damages JSON: a seed makes one input, out of one or two that are whole. */
final class Mutations {

    private static final int MOST_STEPS = 8;
    private static final int DEEPEST = 5_000;

    private static final List<String> TOKENS = List.of(
            "{",
            "}",
            "[",
            "]",
            ":",
            ",",
            "null",
            "true",
            "\"\"",
            "\" \"",
            "{}",
            "[]",
            "[null]",
            "-1",
            "0",
            "1.5",
            "1e400",
            "2147483648",
            "99999999999999999999",
            "\"\\ud800\"",
            "\"\\u0000\\u001b[2J\"",
            "\"\u202e\"",
            "\"crs-1\"",
            "\"Response\":",
            "\"Error\":",
            "\"Code\":",
            "\"DealId\":",
            "\"DealName\":",
            "\"InstanceIds\":",
            "\"InstanceSet\":",
            "\"TotalCount\":",
            "\"DealDetails\":",
            "\"outcome\":",
            "\"GoodsNum\":",
            "\uFEFF",
            "/**/",
            "NaN");

    private final List<byte[]> whole;

    Mutations(List<String> whole) {
        this.whole = whole.stream()
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .toList();
    }

    byte[] of(long seed) {
        Random random = new Random(seed);
        byte[] input = any(random);
        for (int i = random.nextInt(MOST_STEPS); i >= 0; i--) {
            input = step(input, random);
        }
        return input;
    }

    private byte[] any(Random random) {
        return whole.get(random.nextInt(whole.size()));
    }

    private byte[] step(byte[] input, Random random) {
        int from = random.nextInt(input.length + 1);
        int to = from + random.nextInt(Math.min(input.length - from, 40) + 1);
        return switch (random.nextInt(9)) {
            case 0 -> joined(input, from, new byte[0], to);
            case 1 -> joined(input, from, Arrays.copyOfRange(input, from, to), from);
            case 2 -> Arrays.copyOf(input, from);
            case 3 -> joined(input, from, new byte[] {(byte) random.nextInt(256)}, Math.min(from + 1, input.length));
            case 4 -> spliced(input, from, any(random), random);
            case 5 -> deep(input, from, random);
            default -> joined(input, from, token(random), random.nextBoolean() ? from : to);
        };
    }

    private static byte[] token(Random random) {
        return TOKENS.get(random.nextInt(TOKENS.size())).getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] spliced(byte[] input, int from, byte[] other, Random random) {
        int start = random.nextInt(other.length);
        byte[] piece = Arrays.copyOfRange(other, start, start + random.nextInt(other.length - start) + 1);
        return joined(input, from, piece, from);
    }

    private static byte[] deep(byte[] input, int at, Random random) {
        byte[] one = (random.nextBoolean() ? "[" : "{\"a\":").getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream many = new ByteArrayOutputStream();
        for (int i = random.nextInt(random.nextInt(10) == 0 ? DEEPEST : 20); i >= 0; i--) {
            many.writeBytes(one);
        }
        return joined(input, at, many.toByteArray(), at);
    }

    private static byte[] joined(byte[] input, int until, byte[] middle, int from) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        joined.write(input, 0, until);
        joined.writeBytes(middle);
        joined.write(input, from, input.length - from);
        return joined.toByteArray();
    }
}
