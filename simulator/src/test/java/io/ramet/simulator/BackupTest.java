package io.ramet.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class BackupTest {

    private static final String SOURCE = "crs-source01";

    private final SteppedClock clock = new SteppedClock();
    private final Instant start = clock.instant();

    @AutoClose
    private final Simulator simulator = Simulator.builder()
            .clock(clock)
            .source(Source.of(SOURCE).specification(16, 4096, 3, 2))
            .source(Source.of("crs-source02").withSecondLevelBackup())
            .backup(at("monday", 48))
            .backup(at("sunday", 72).manual("before the sale"))
            .backup(at("tuesday", 24).lockedByTask())
            .backup(at("running", 0).status(1))
            .backup(Backup.of("other", "crs-source02", start.minus(Duration.ofHours(24))))
            .missingSecondLevelBackup("crs-source02", start.minusSeconds(600), start.minusSeconds(300))
            .start();

    private Backup at(String id, int hoursAgo) {
        return Backup.of(id, SOURCE, start.minus(Duration.ofHours(hoursAgo)));
    }

    private JsonNode exchange(String action, String body) throws IOException {
        return Wire.exchange(
                simulator,
                SignedRequest.of(simulator, action, body.replace('\'', '"')).at(clock.instant()));
    }

    private List<String> ids(String body) throws IOException {
        return exchange("DescribeInstanceBackups", body)
                .get("BackupSet")
                .valueStream()
                .map(backup -> backup.get("BackupId").stringValue())
                .toList();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "{'InstanceId':'crs-source01'}                           | running,tuesday,monday,sunday",
                "{'InstanceId':'crs-source01','Limit':2}                 | running,tuesday",
                "{'InstanceId':'crs-source01','Limit':2,'Offset':2}      | monday,sunday",
                "{'InstanceId':'crs-source01','Status':[2]}              | tuesday,monday,sunday",
                "{'InstanceId':'crs-source01','Status':[1]}              | running",
                "{'InstanceId':'crs-source01','InstanceName':'ce01'}     | running,tuesday,monday,sunday",
                "{'InstanceName':'ce02'}                                 | other",
                "{'InstanceId':'crs-source02'}                           | other",
            })
    void backupsAreListedNewestFirst(String body, String expected) throws IOException {
        assertThat(String.join(",", ids(body))).isEqualTo(expected);
    }

    @Test
    void spanNarrowsByTheBeginningOfABackup() throws IOException {
        String begin = Envelope.time(start.minus(Duration.ofHours(50)));
        String end = Envelope.time(start.minus(Duration.ofHours(20)));

        assertThat(ids("{'InstanceId':'crs-source01','BeginTime':'" + begin + "','EndTime':'" + end + "'}"))
                .containsExactly("tuesday", "monday");
    }

    @Test
    void listedBackupShowsWhatDecidesWhetherItCanBeCloned() throws IOException {
        JsonNode set = exchange("DescribeInstanceBackups", "{'InstanceId':'crs-source01'}")
                .get("BackupSet");

        assertThat(set.get(1).get("Locked").intValue()).isEqualTo(1);
        assertThat(set.get(2).get("Locked").intValue()).isZero();
        assertThat(set.get(2).get("BackupType").stringValue()).isEqualTo("1");
        assertThat(set.get(3).get("BackupType").stringValue()).isEqualTo("0");
        assertThat(set.get(3).get("Remark").stringValue()).isEqualTo("before the sale");
        assertThat(set.get(3).get("InstanceType").intValue()).isEqualTo(16);
        assertThat(set.get(3).get("FileType").stringValue()).isEqualTo("RDB-Redis 6.2");
        assertThat(set.get(3).get("ExpireTime").stringValue())
                .isEqualTo(Envelope.time(start.plus(Duration.ofHours(96))));
    }

    @Test
    void backupExpires() throws IOException {
        clock.pass(Duration.ofHours(96));

        assertThat(ids("{'InstanceId':'crs-source01','Status':[-1]}")).containsExactly("sunday");
    }

    @Test
    void backupCanBeReplacedWhileTheServerRuns() throws IOException {
        simulator.backup(at("monday", 48).status(-2));

        assertThat(ids("{'InstanceId':'crs-source01','Status':[-2]}")).containsExactly("monday");
    }

    @Test
    void detailShowsTheSpecificationOfTheInstance() throws IOException {
        JsonNode detail = exchange("DescribeBackupDetail", "{'InstanceId':'crs-source01','BackupId':'monday'}");

        assertThat(detail.get("BackupId").stringValue()).isEqualTo("monday");
        assertThat(detail.get("MemSize").intValue()).isEqualTo(4096);
        assertThat(detail.get("ShardNum").intValue()).isEqualTo(3);
        assertThat(detail.get("ReplicasNum").intValue()).isEqualTo(2);
    }

    @Test
    void pointInTimeHasABackupOfItsOwn() throws IOException {
        long wanted = start.minusSeconds(3600).getEpochSecond();

        JsonNode info = secondLevel(wanted);

        assertThat(info.get("BackupTimestamp").longValue()).isEqualTo(wanted);
        assertThat(info.get("BackupId").stringValue()).isNotBlank();
        assertThat(info.at("/MissingTimestamps/0/StartTimeStamp").longValue())
                .isEqualTo(start.minusSeconds(600).getEpochSecond());
    }

    @Test
    void pointInTimeWithinAGapIsMovedBeforeIt() throws IOException {
        JsonNode info = secondLevel(start.minusSeconds(450).getEpochSecond());

        assertThat(info.get("BackupTimestamp").longValue())
                .isEqualTo(start.minusSeconds(601).getEpochSecond());
    }

    private JsonNode secondLevel(long timestamp) throws IOException {
        return exchange(
                "DescribeSecondLevelBackupInfo", "{'InstanceId':'crs-source02','BackupTimestamp':" + timestamp + "}");
    }

    @Test
    void pointInTimeIsRefusedOutsideSevenDaysAndWithoutTheMode() throws IOException {
        String now = Long.toString(start.getEpochSecond());

        assertThat(secondLevel(start.minus(Duration.ofDays(8)).getEpochSecond())
                        .at("/Error/Code")
                        .asString())
                .isEqualTo("InvalidParameter.NotSupported");
        assertThat(exchange(
                                "DescribeSecondLevelBackupInfo",
                                "{'InstanceId':'crs-source01','BackupTimestamp':" + now + "}")
                        .at("/Error/Code")
                        .asString())
                .isEqualTo("FailedOperation.UnSupportError");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "DescribeInstanceBackups | {'Status':[7]}                             | InvalidParameter.InvalidParameter",
                "DescribeInstanceBackups | {'BeginTime':'2026-01-01'}                 | InvalidParameter.InvalidParameter",
                "DescribeInstanceBackups | {'BeginTime':'2026-01-01 00:00:00','EndTime':'2026-02-02 00:00:00'} | InvalidParameter.InvalidParameter",
                "DescribeInstanceBackups | {'InstanceId':'crs-other001'}              | ResourceNotFound.InstanceNotExists",
                "DescribeBackupDetail    | {'InstanceId':'crs-source01'}              | MissingParameter",
                "DescribeBackupDetail    | {'InstanceId':'crs-source01','BackupId':'x'} | InvalidParameterValue.BackupNotExists",
                "DescribeSecondLevelBackupInfo | {'InstanceId':'crs-source01'}        | MissingParameter",
            })
    void invalidRequestIsRefused(String action, String body, String code) throws IOException {
        assertThat(exchange(action, body).at("/Error/Code").asString()).isEqualTo(code);
    }
}
