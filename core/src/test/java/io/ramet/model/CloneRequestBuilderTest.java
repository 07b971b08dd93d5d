package io.ramet.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.lang.reflect.Array;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CloneRequestBuilderTest {

    /** A value for each type of a setter's parameter. */
    private static final Map<Class<?>, Object> VALUES = Map.of(
            String.class,
            "text",
            String[].class,
            new String[] {"text"},
            RedisNode[].class,
            new RedisNode[] {RedisNode.master(1)},
            Secret.class,
            Secret.of("secret"),
            PasswordPolicy.class,
            PasswordPolicy.defaults(),
            AutoRenew.class,
            AutoRenew.NEVER,
            LocalDateTime.class,
            LocalDateTime.of(2026, 3, 4, 5, 6));

    static Stream<Arguments> parametersThatCouldBeNull() {
        return setters()
                .flatMap(setter -> IntStream.range(0, setter.getParameterCount())
                        .filter(index -> !setter.getParameterTypes()[index].isPrimitive())
                        .mapToObj(index -> Arguments.of(setter, index)));
    }

    @Test
    void everySetterIsTried() {
        assertThat(setters().map(Method::getName)).hasSize(24).contains("instanceId", "nodes", "cloneTime");
        assertThat(parametersThatCouldBeNull()).hasSize(16);
    }

    @ParameterizedTest
    @MethodSource("parametersThatCouldBeNull")
    void nullIsRejectedByName(Method setter, int index) {
        Object[] arguments =
                Arrays.stream(setter.getParameterTypes()).map(VALUES::get).toArray();
        String name = setter.getParameters()[index].getName();

        arguments[index] = null;
        assertThatNullPointerException()
                .isThrownBy(() -> invoke(setter, arguments))
                .withMessage(name);
        if (setter.isVarArgs()) {
            arguments[index] = Array.newInstance(setter.getParameterTypes()[index].getComponentType(), 1);
            assertThatNullPointerException()
                    .isThrownBy(() -> invoke(setter, arguments))
                    .withMessage(name);
        }
    }

    @Test
    void aCopyIsTheSameRequest() {
        for (CloneRequest request : new CloneRequest[] {
            Fixtures.full().build(), Fixtures.minimal().build(),
        }) {
            assertThat(request.toBuilder().build()).isEqualTo(request);
        }
    }

    @Test
    void aCopyChangesInPartAndLeavesTheOriginalAlone() {
        CloneRequest original = Fixtures.full().build();

        CloneRequest changed = original.toBuilder().goodsNum(50).tag("more", "").build();

        assertThat(changed.goodsNum()).isEqualTo(50);
        assertThat(changed.resourceTags()).hasSize(3).containsAll(original.resourceTags());
        assertThat(changed.toBuilder().goodsNum(original.goodsNum()).build().password())
                .isEqualTo(original.password());
        assertThat(original).isEqualTo(Fixtures.full().build());
    }

    private static Stream<Method> setters() {
        return Stream.of(CloneRequestBuilder.class.getMethods())
                .filter(method -> method.getReturnType() == CloneRequestBuilder.class)
                .filter(method -> !Modifier.isStatic(method.getModifiers()));
    }

    private static void invoke(Method setter, Object... arguments) throws Throwable {
        try {
            setter.invoke(CloneRequest.builder(), arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
