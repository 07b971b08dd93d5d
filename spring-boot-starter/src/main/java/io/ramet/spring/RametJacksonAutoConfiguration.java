package io.ramet.spring;

import com.fasterxml.jackson.databind.Module;
import java.io.IOException;
import java.time.Clock;
import java.util.function.Function;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JacksonModule;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.StdSerializer;

/**
 * Auto-configures modules with which the application's own Jackson writes plans, outcomes, deals and reports as the
 * command line does: for Jackson 3, and for Jackson 2 with Spring Boot 3.5. Without them, exceptions and their stack
 * traces would be written.
 */
@AutoConfiguration
@ConditionalOnProperty(name = "ramet.enabled", matchIfMissing = true)
public final class RametJacksonAutoConfiguration {

    RametJacksonAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean(name = "cloneJacksonModule")
    JacksonModule cloneJacksonModule() {
        SimpleModule module = new SimpleModule("ramet");
        CloneJson.addTo(
                new CloneJson.Forms() {
                    @Override
                    public <T> void add(Class<T> type, Function<T, JsonNode> form) {
                        module.addSerializer(new StdSerializer<T>(type) {
                            @Override
                            public void serialize(T value, JsonGenerator generator, SerializationContext context) {
                                generator.writeTree(form.apply(value));
                            }
                        });
                    }
                },
                Clock.systemUTC());
        return module;
    }

    /** A class of its own, so that Jackson 2 is loaded only if it is present. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(Module.class)
    static final class Jackson2 {

        @Bean
        @ConditionalOnMissingBean(name = "cloneJackson2Module")
        Module cloneJackson2Module() {
            var module = new com.fasterxml.jackson.databind.module.SimpleModule("ramet");
            CloneJson.addTo(
                    new CloneJson.Forms() {
                        @Override
                        public <T> void add(Class<T> type, Function<T, JsonNode> form) {
                            module.addSerializer(new PlainSerializer<>(type, form));
                        }
                    },
                    Clock.systemUTC());
            return module;
        }
    }

    /** Jackson 2 does not know the trees of Jackson 3. */
    private static final class PlainSerializer<T> extends com.fasterxml.jackson.databind.ser.std.StdSerializer<T> {

        private final transient Function<T, JsonNode> form;

        PlainSerializer(Class<T> type, Function<T, JsonNode> form) {
            super(type);
            this.form = form;
        }

        @Override
        public void serialize(
                T value,
                com.fasterxml.jackson.core.JsonGenerator generator,
                com.fasterxml.jackson.databind.SerializerProvider provider)
                throws IOException {
            provider.defaultSerializeValue(CloneJson.plain(form.apply(value)), generator);
        }
    }
}
