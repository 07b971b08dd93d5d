package io.ramet.reactor.journal;

import io.ramet.reactor.parts.MySql.Kind;
import org.junit.jupiter.api.BeforeAll;

class MySqlWithMariaDbsDriverJournalTest extends MySqlJournalContract {

    @BeforeAll
    static void start() throws Exception {
        start(Kind.MYSQL_WITH_MARIADBS_DRIVER);
    }
}
