package io.ramet.sign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.ramet.model.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CredentialsProviderTest {

    private static final Credentials PAIR = Credentials.of("AKIDone", "private-half");
    private static final Credentials TEMPORARY =
            new Credentials("AKIDone", Secret.of("private-half"), Secret.of("session-token"));

    @TempDir
    private Path directory;

    @Test
    void fixedCredentialsAreAlwaysTheSame() {
        assertThat(of(CredentialsProvider.fixed(PAIR))).isSameAs(PAIR);
    }

    @Test
    void theEnvironmentHasThreeVariables() {
        Map<String, String> pair =
                Map.of("TENCENTCLOUD_SECRET_ID", "AKIDone", "TENCENTCLOUD_SECRET_KEY", "private-half");
        Map<String, String> all = Map.of(
                "TENCENTCLOUD_SECRET_ID", "AKIDone",
                "TENCENTCLOUD_SECRET_KEY", "private-half",
                "TENCENTCLOUD_TOKEN", "session-token");

        assertThat(of(CredentialsProvider.environment(pair))).isEqualTo(PAIR);
        assertThat(of(CredentialsProvider.environment(all))).isEqualTo(TEMPORARY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TENCENTCLOUD_TOKEN", "TENCENTCLOUD_SECURITY_TOKEN", "TENCENTCLOUD_SESSION_TOKEN"})
    void theTokenHasThreeSpellings(String variable) {
        Map<String, String> variables = Map.of(
                "TENCENTCLOUD_SECRET_ID",
                "AKIDone",
                "TENCENTCLOUD_SECRET_KEY",
                "private-half",
                variable,
                "session-token");

        assertThat(of(CredentialsProvider.environment(variables))).isEqualTo(TEMPORARY);
    }

    @Test
    void twoSpellingsOfTheTokenMustAgree() {
        Map<String, String> variables = new HashMap<>(Map.of(
                "TENCENTCLOUD_SECRET_ID", "AKIDone",
                "TENCENTCLOUD_SECRET_KEY", "private-half",
                "TENCENTCLOUD_TOKEN", "session-token",
                "TENCENTCLOUD_SESSION_TOKEN", "session-token"));
        assertThat(of(CredentialsProvider.environment(variables))).isEqualTo(TEMPORARY);

        variables.put("TENCENTCLOUD_SESSION_TOKEN", "other-token");

        CredentialsUnavailableException failure = failure(CredentialsProvider.environment(variables));
        assertThat(failure)
                .hasMessage("no credentials: environment: with different tokens in"
                        + " TENCENTCLOUD_TOKEN and TENCENTCLOUD_SESSION_TOKEN");
        assertThat(failure.isAbsent()).isFalse();
    }

    @Test
    void absentAndBrokenFilesFailDifferently() throws IOException {
        assertThat(failure(CredentialsProvider.environment(Map.of())).isAbsent())
                .isTrue();
        assertThat(failure(CredentialsProvider.environment(Map.of("TENCENTCLOUD_SECRET_ID", "AKIDone")))
                        .isAbsent())
                .isFalse();
        assertThat(failure(CredentialsProvider.file(directory.resolve("nowhere")))
                        .isAbsent())
                .isTrue();
        assertThat(failure(CredentialsProvider.file(written("[default]\n"))).isAbsent())
                .isFalse();
    }

    @Test
    void aLineFeedInAVariableIsNoPartOfAKey() {
        Map<String, String> sloppy = Map.of(
                "TENCENTCLOUD_SECRET_ID", "AKIDone\n",
                "TENCENTCLOUD_SECRET_KEY", " private-half\r\n",
                "TENCENTCLOUD_TOKEN", "\n");

        assertThat(of(CredentialsProvider.environment(sloppy))).isEqualTo(PAIR);
    }

    @Test
    void anEnvironmentWithoutAHalfNamesTheVariable() {
        assertThat(failure(CredentialsProvider.environment(Map.of("TENCENTCLOUD_SECRET_KEY", "private-half"))))
                .hasMessage("no credentials: environment: without TENCENTCLOUD_SECRET_ID");
        assertThat(failure(CredentialsProvider.environment(Map.of("TENCENTCLOUD_SECRET_ID", "AKIDone"))))
                .hasMessage("no credentials: environment: without TENCENTCLOUD_SECRET_KEY");
    }

    @Test
    void theDefaultSectionOfAFileIsRead() throws IOException {
        Path file = written("""
                # secret_id = commented
                secret_id = before any section
                [other]
                secret_id = AKIDother
                secret_key = other-half
                [default]
                ; secret_key = commented-half
                  secret_id   =   AKIDone
                secret_key=private-half

                a line that says nothing
                [later]
                secret_key = later-half
                """);

        assertThat(of(CredentialsProvider.file(file))).isEqualTo(PAIR);
    }

    @Test
    void aFileMayHoldATokenAndAKeyWithEqualsSigns() throws IOException {
        Path file = written("[default]\nsecret_id=AKIDone\nsecret_key=a=b==\ntoken=session-token\n");

        assertThat(of(CredentialsProvider.file(file)))
                .isEqualTo(new Credentials("AKIDone", Secret.of("a=b=="), Secret.of("session-token")));
    }

    @Test
    void aRotatedFileIsReadAgain() throws IOException {
        CredentialsProvider provider =
                CredentialsProvider.file(written("[default]\nsecret_id=AKIDone\nsecret_key=private-half\n"));
        assertThat(of(provider)).isEqualTo(PAIR);

        written("[default]\nsecret_id=AKIDtwo\nsecret_key=new-half\n");

        assertThat(of(provider)).isEqualTo(Credentials.of("AKIDtwo", "new-half"));
    }

    @Test
    void aMissingFileSaysSo() {
        Path nowhere = directory.resolve("nowhere");

        assertThat(failure(CredentialsProvider.file(nowhere)))
                .hasMessage("no credentials: file " + nowhere + ": not found");
    }

    @Test
    void aFileThatIsNotTextSaysSo() throws IOException {
        assertThat(failure(CredentialsProvider.file(directory))).hasMessageContaining("not readable");
        Path binary = Files.write(directory.resolve("binary"), new byte[] {(byte) 0xff, (byte) 0xfe, 0, 1});
        assertThat(failure(CredentialsProvider.file(binary)))
                .hasMessage("no credentials: file " + binary + ": not readable (MalformedInputException)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[other]\nsecret_id=AKIDone\nsecret_key=private-half\n",
                "secret_id=AKIDone\nsecret_key=private-half\n",
                "[default]\nsecret_key=private-half\n",
                "[default]\nsecret_id=\nsecret_key=private-half\n",
                "{\"secretId\":\"AKIDone\",\"secretKey\":\"private-half\"}"
            })
    void aFileWithoutCredentialsSaysWhatIsMissing(String content) throws IOException {
        Path file = written(content);

        assertThat(failure(CredentialsProvider.file(file)))
                .hasMessage("no credentials: file " + file + ": without secret_id in [default]");
    }

    @Test
    void aFileWithoutAKeySaysSo() throws IOException {
        Path file = written("[default]\nsecret_id=AKIDone\n");

        assertThat(failure(CredentialsProvider.file(file)))
                .hasMessage("no credentials: file " + file + ": without secret_key in [default]");
    }

    private Path written(String content) throws IOException {
        return Files.writeString(directory.resolve("credentials"), content, StandardCharsets.UTF_8);
    }

    private static Credentials of(CredentialsProvider provider) {
        return provider.credentials().toCompletableFuture().join();
    }

    private static CredentialsUnavailableException failure(CredentialsProvider provider) {
        CompletionException thrown = catchThrowableOfType(CompletionException.class, () -> of(provider));
        assertThat(thrown).isNotNull();
        assertThat(thrown.getCause()).isInstanceOf(CredentialsUnavailableException.class);
        return (CredentialsUnavailableException) thrown.getCause();
    }
}
