package io.ramet.reactor.journal;

import io.ramet.reactor.parts.MySql.Kind;
import org.junit.jupiter.api.BeforeAll;

class MySqlJournalTest extends MySqlJournalContract {

    @BeforeAll
    static void start() throws Exception {
        start(Kind.MYSQL);
    }
}
