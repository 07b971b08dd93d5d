package io.ramet.json;

import static tools.jackson.databind.cfg.CoercionAction.Fail;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.annotation.OptBoolean;
import io.ramet.model.AutoRenew;
import io.ramet.model.BillingMode;
import io.ramet.model.CloneRequest;
import io.ramet.model.PasswordPolicy;
import io.ramet.model.Period;
import io.ramet.model.RedisNode;
import io.ramet.model.ResourceTag;
import io.ramet.model.Secret;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.deser.std.StdDeserializer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.StdSerializer;
import tools.jackson.databind.type.LogicalType;

/**
 * The names and forms of the model on the wire, kept out of the model, which stays free of annotations. An upper-camel
 * naming strategy covers the regular names; the exceptions are declared here.
 */
final class WireNames {

    private WireNames() {}

    /** Converts no value to another type: a GoodsNum of 2.5 or "3" is a mistake, and a mistake costs money. */
    static JsonMapper.Builder mapper() {
        SimpleModule forms = new SimpleModule();
        number(forms, BillingMode.class, BillingMode::wireValue, BillingMode.values());
        number(forms, AutoRenew.class, AutoRenew::wireValue, AutoRenew.values());
        number(forms, RedisNode.Role.class, RedisNode.Role::wireValue, RedisNode.Role.values());
        form(
                forms,
                Period.class,
                (period, json) -> json.writeNumber(period.months()),
                p -> new Period(p.getIntValue()));
        form(forms, Secret.class, (secret, json) -> json.writeString(secret.reveal()), WireNames::secret);
        return JsonMapper.builder()
                .addModule(forms)
                .addMixIn(CloneRequest.class, Request.class)
                .addMixIn(RedisNode.class, Node.class)
                .addMixIn(ResourceTag.class, Tag.class)
                .addMixIn(PasswordPolicy.class, Policy.class)
                .propertyNamingStrategy(PropertyNamingStrategies.UPPER_CAMEL_CASE)
                .changeDefaultPropertyInclusion(value -> value.withValueInclusion(Include.NON_EMPTY))
                .withConfigOverride(
                        List.class,
                        lists -> lists.setNullHandling(JsonSetter.Value.construct(Nulls.AS_EMPTY, Nulls.FAIL)))
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT, DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .withCoercionConfig(
                        LogicalType.Textual,
                        text -> text.setCoercion(CoercionInputShape.Boolean, Fail)
                                .setCoercion(CoercionInputShape.Float, Fail))
                .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
    }

    interface Request {
        @JsonProperty("SecurityGroupIdList")
        List<String> securityGroupIds();

        @JsonInclude(Include.NON_DEFAULT)
        boolean noAuth();

        @JsonInclude(Include.NON_DEFAULT)
        boolean encryptPassword();

        @JsonProperty("VPort")
        Integer vPort();

        @JsonProperty("NodeSet")
        List<RedisNode> nodes();

        @JsonProperty("AlarmPolicyList")
        List<String> alarmPolicies();

        // Strict: a 30th of February would otherwise restore the 28th.
        @JsonFormat(pattern = "uuuu-MM-dd HH:mm:ss", lenient = OptBoolean.FALSE)
        LocalDateTime cloneTime();

        @JsonProperty("EnableSSL")
        @JsonInclude(Include.NON_DEFAULT)
        boolean enableSsl();

        @JsonProperty("SSLBindPrivateIPv4")
        @JsonInclude(Include.NON_DEFAULT)
        boolean sslBindPrivateIpv4();
    }

    interface Node {
        @JsonProperty(value = "NodeType", required = true)
        RedisNode.Role role();
    }

    interface Tag {
        @JsonProperty(value = "TagKey", required = true)
        String key();

        @JsonProperty(value = "TagValue", required = true)
        @JsonInclude(Include.ALWAYS)
        String value();
    }

    interface Policy {
        @JsonProperty(value = "Enabled", required = true)
        boolean enabled();
    }

    private interface Writing<T> {
        void write(T value, JsonGenerator json);
    }

    private static <T> void number(SimpleModule forms, Class<T> type, Function<T, Integer> wireValue, T[] values) {
        form(forms, type, (value, json) -> json.writeNumber(wireValue.apply(value)), parser -> {
            int number = parser.getIntValue();
            return Stream.of(values)
                    .filter(value -> wireValue.apply(value) == number)
                    .findFirst()
                    .orElseThrow(() -> new UnknownNumberException(meanings(values, wireValue)));
        });
    }

    private static <T> String meanings(T[] values, Function<T, Integer> wireValue) {
        return Stream.of(values)
                .map(value -> wireValue.apply(value) + " ("
                        + value.toString().toLowerCase(Locale.ROOT).replace('_', ' ') + ")")
                .collect(Collectors.joining(" or ", "must be ", ""));
    }

    /** Its message is the rule, and quotes no value. */
    static final class UnknownNumberException extends IllegalArgumentException {
        private UnknownNumberException(String rule) {
            super(rule);
        }
    }

    private static Secret secret(JsonParser parser) {
        if (!parser.hasToken(JsonToken.VALUE_STRING)) {
            throw new IllegalArgumentException("a secret that is not a string");
        }
        return Secret.of(parser.getString());
    }

    private static <T> void form(
            SimpleModule forms, Class<T> type, Writing<T> writing, Function<JsonParser, T> reading) {
        forms.addSerializer(type, new StdSerializer<T>(type) {
            @Override
            public void serialize(T value, JsonGenerator json, SerializationContext context) {
                writing.write(value, json);
            }
        });
        forms.addDeserializer(type, new StdDeserializer<T>(type) {
            @Override
            public T deserialize(JsonParser parser, DeserializationContext context) {
                return reading.apply(parser);
            }
        });
    }
}
