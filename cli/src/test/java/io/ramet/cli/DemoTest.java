package io.ramet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DemoTest {

    @Test
    void withoutArguments250AreClonedAndTheBooksAgree() {
        Session session = new Session();

        assertThat(session.run()).isEqualTo(0);

        assertThat(session.out())
                .contains("9 calls: 8 × 30 + 1 × 10")
                .contains("250 of 250 cloned in 9 deals")
                .contains("The simulator's own books: 250 instances bought by 9 of 9 calls")
                .contains("none bought twice");
        assertThat(session.out().lines().filter(line -> line.startsWith("cloned")))
                .hasSize(9);
        assertThat(session.err()).contains("[################] 250 of 250 cloned");
    }
}
