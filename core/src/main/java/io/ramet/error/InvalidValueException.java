package io.ramet.error;

/** A value that the API, or a limit of the caller's own, does not allow. Nothing was sent. */
public final class InvalidValueException extends RametException {

    private static final long serialVersionUID = 1L;

    private final String field;
    private final String value;
    private final String rule;

    /**
     * Says which field holds which value and what the rule is.
     *
     * @param field the Java name of the field, such as {@code goodsNum}
     * @param value what it holds; {@code ***} for a secret
     * @param rule what is allowed, as a sentence about the field
     */
    public InvalidValueException(String field, Object value, String rule) {
        super(field + " " + value + ": " + rule, null);
        this.field = field;
        this.value = value.toString();
        this.rule = rule;
    }

    /**
     * Refuses a value unless it keeps its rule.
     *
     * @param holds whether the rule is kept
     * @param field the Java name of the field
     * @param value what it holds
     * @param rule what is allowed
     * @throws InvalidValueException if the rule is not kept
     */
    public static void unless(boolean holds, String field, Object value, String rule) {
        if (!holds) {
            throw new InvalidValueException(field, value, rule);
        }
    }

    /** {@return the Java name of the field} */
    public String field() {
        return field;
    }

    /** {@return what the field holds; {@code ***} for a secret} */
    public String value() {
        return value;
    }

    /** {@return what is allowed} */
    public String rule() {
        return rule;
    }
}
