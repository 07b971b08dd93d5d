package io.ramet.simulator;

import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** What a password has to be. Nothing here keeps one or quotes one. */
final class PasswordRule {

    private static final String SPECIALS = "()`~!@#$%^&*-+=_|{}[]:;<>,.?/";
    private static final Pattern LOWER = Pattern.compile("[a-z]");
    private static final Pattern UPPER = Pattern.compile("[A-Z]");
    private static final Pattern DIGIT = Pattern.compile("[0-9]");
    private static final Pattern SPECIAL = Pattern.compile("[" + Pattern.quote(SPECIALS) + "]");
    private static final Pattern ALLOWED = Pattern.compile("[a-zA-Z0-9" + Pattern.quote(SPECIALS) + "]{8,64}");

    private PasswordRule() {}

    static void check(JsonNode parameters) {
        checkPolicy(parameters.path("PasswordPolicy"));
        String password = parameters.path("Password").asString("");
        boolean noAuth = parameters.path("NoAuth").asBoolean(false);
        if (password.isEmpty()) {
            if (!noAuth) {
                throw new Refusal("InvalidParameterValue.PasswordEmpty", "The password is empty.");
            }
            return;
        }
        // An encrypted password shows nothing of the rule.
        boolean encrypted = parameters.path("EncryptPassword").asBoolean(false);
        if (!noAuth && !encrypted && !fits(password)) {
            throw new Refusal("InvalidParameterValue.PasswordRuleError", "The password does not meet the rule.");
        }
    }

    private static boolean fits(String password) {
        long kinds = Stream.of(LOWER, UPPER, DIGIT, SPECIAL)
                .filter(kind -> kind.matcher(password).find())
                .count();
        return kinds >= 2
                && !password.startsWith("/")
                && ALLOWED.matcher(password).matches();
    }

    private static void checkPolicy(JsonNode policy) {
        if (policy.isMissingNode()) {
            return;
        }
        long letters = CloneOrder.within(policy, "MinLetterCount", 1, 16, 1);
        long digits = CloneOrder.within(policy, "MinDigitCount", 1, 16, 1);
        long specials = CloneOrder.within(policy, "MinSpecialCount", 1, 16, 1);
        if (CloneOrder.within(policy, "MinLength", 8, 64, 8) < letters + digits + specials) {
            throw new Refusal("InvalidParameterValue", "MinLength is less than the sum of the least counts.");
        }
    }
}
