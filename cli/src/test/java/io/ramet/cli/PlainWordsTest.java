package io.ramet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.simulator.Simulator;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An operator reads no name of a Java class. */
class PlainWordsTest {

    @Test
    void aRefusedConnectionIsReportedInWords() {
        Session session = new Session().credentials("id", "key");

        assertThat(session.run(
                        "clone",
                        "--endpoint=http://127.0.0.1:1",
                        "--region=ap-guangzhou",
                        "--instance-id=crs-1",
                        "--backup-id=1",
                        "--zone-id=1",
                        "--security-group=sg-1",
                        "--no-auth",
                        "--goods-num=1",
                        "--billing=payg",
                        "--plan-id=order-1",
                        "--yes"))
                .isEqualTo(3);

        assertThat(session.err()).contains("order-1 was not sent", "refused").doesNotContain("Exception");
    }

    @Test
    void aLookUpWithoutAConnectionExits3InEveryCommandWhoseHelpSaysSo() {
        Session buyer;
        try (Simulator simulator = Simulator.start()) {
            buyer = Session.withKeyOf(simulator);
            assertThat(buyer.clone(simulator, "--goods-num=1", "--billing=payg", "--yes", "--plan-id=order-1"))
                    .isZero();
        }
        String request = " --region=ap-guangzhou --goods-num=1 --billing=payg " + String.join(" ", Fixtures.REQUEST);
        String latest = request.replaceFirst("--backup-id=\\S+", "--backup=latest");
        for (String command : List.of(
                "backups crs-1 --region=ap-guangzhou",
                "plan --skeleton --from=crs-1 --region=ap-guangzhou",
                "price" + request,
                "preflight" + latest,
                "clone --yes" + latest,
                "instances order-1",
                "undo order-1 --yes --count=1",
                "restore order-1")) {
            Session session = buyer.next();
            assertThat(session.run((command + " --endpoint=http://127.0.0.1:1").split(" ")))
                    .as(command)
                    .isEqualTo(3);
            assertThat(session.err()).as(command).contains("refused").doesNotContain("Exception");
            Session help = new Session();
            help.run(command.replaceFirst(" .*", ""), "--help");
            assertThat(help.out()).as(command).containsPattern("(?m)^  3 .*look-up.* failed");
        }
    }

    @Test
    void aPreflightThatReachesNoServerExits3() {
        Session session = new Session().credentials("AKIDofNobody0123456789", "any key");
        String request = "preflight --endpoint=http://127.0.0.1:1 --region=ap-guangzhou --goods-num=1 --billing=payg ";
        assertThat(session.run((request + String.join(" ", Fixtures.REQUEST)).split(" ")))
                .as(session.out())
                .isEqualTo(3);
        assertThat(session.out()).contains("? source ", "refused");
    }
}
