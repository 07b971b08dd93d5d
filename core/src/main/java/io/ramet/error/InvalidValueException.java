package io.ramet.error;

/** A value that the API, or one of the caller's own limits, does not allow. Nothing was sent. */
public final class InvalidValueException extends RametException {

    private final String field;
    private final String value;
    private final String rule;

    /**
     * Names the field, its value and the rule.
     *
     * @param field the Java name of the field, such as {@code goodsNum}
     * @param value its value; {@code ***} for a secret
     * @param rule the rule, such as {@code must be 1 or more}
     */
    public InvalidValueException(String field, Object value, String rule) {
        super(field + " " + value + ": " + rule, null);
        this.field = field;
        this.value = value.toString();
        this.rule = rule;
    }

    /**
     * Rejects a value that breaks its rule.
     *
     * @param holds whether the value satisfies the rule
     * @param field the Java name of the field
     * @param value its value
     * @param rule the rule, such as {@code must be 1 or more}
     * @throws InvalidValueException if {@code holds} is false
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

    /** {@return the field's value; {@code ***} for a secret} */
    public String value() {
        return value;
    }

    /** {@return the rule} */
    public String rule() {
        return rule;
    }
}
