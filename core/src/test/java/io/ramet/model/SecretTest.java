package io.ramet.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SecretTest {

    @Test
    void secretsAreEqualWhenTheirTextIs() {
        assertThat(Secret.of("kite")).isEqualTo(Secret.of("kite")).isNotEqualTo(Secret.of("kitE"));
        assertThat(Secret.of("kite")).isNotEqualTo("kite").isNotEqualTo(null);
    }

    @Test
    void neitherTextNorHashTellsOneSecretFromAnother() {
        assertThat(Secret.of("kite")).hasToString("***").hasSameHashCodeAs(Secret.of("a much longer one"));
    }

    @Test
    void onlyRevealTells() {
        assertThat(Secret.of("kite").reveal()).isEqualTo("kite");
    }
}
