package io.ramet.benchmarks.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A Markdown text among the resources of this package, with places such as <code>{{goals}}</code> to be filled. */
public final class Template {

    private static final Pattern PLACE = Pattern.compile("\\{\\{(\\w+)}}");

    private Template() {}

    /** {@return the text of the resource with this name, with a value in each of its places} */
    public static String fill(String name, Map<String, String> values) {
        try (InputStream text = Objects.requireNonNull(Template.class.getResourceAsStream(name), name)) {
            return PLACE.matcher(new String(text.readAllBytes(), StandardCharsets.UTF_8))
                    .replaceAll(place -> Matcher.quoteReplacement(
                            Objects.requireNonNull(values.get(place.group(1)), place.group(1))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
