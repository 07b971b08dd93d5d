package io.ramet.reactor.credentials;

import static io.ramet.error.InvalidValueException.unless;
import static java.util.Objects.requireNonNull;

import io.ramet.error.InvalidValueException;
import io.ramet.sign.Credentials;
import io.ramet.sign.CredentialsProvider;
import io.ramet.sign.CredentialsUnavailableException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Creates sources of credentials. All of them use the same environment, home directory and endpoints, which by default
 * are those of this process and of the mainland site. Immutable and thread-safe; holds nothing that must be closed.
 */
public final class CredentialsSources {

    /** The Security Token Service of the mainland site. */
    public static final URI MAINLAND_STS = URI.create("https://sts.tencentcloudapi.com");

    /** The Security Token Service of the international site. */
    public static final URI INTERNATIONAL_STS = URI.create("https://sts.intl.tencentcloudapi.com");

    /** The metadata service of an instance. It uses plain HTTP, and only the instance itself can reach it. */
    public static final URI METADATA = URI.create("http://metadata.tencentyun.com");

    private final Map<String, String> variables;
    private final Path home;
    private final Path system;
    private final String profile;
    private final String role;
    private final String region;
    private final Clock clock;
    private final SecurityTokenService sts;
    private final MetadataService metadata;
    private final LocalFiles files = new LocalFiles();
    private final Scheduler scheduler;

    CredentialsSources(CredentialsSourcesBuilder options) {
        this.variables = Map.copyOf(options.variables);
        this.home = options.home;
        this.system = options.system;
        this.profile = options.profile.isEmpty() ? variable("TCCLI_PROFILE").orElse("default") : options.profile;
        this.role =
                options.role.isEmpty() ? variable("TENCENTCLOUD_CAM_ROLE_NAME").orElse("") : options.role;
        this.clock = options.clock;
        this.scheduler = options.scheduler;
        this.region = variable("TENCENTCLOUD_REGION").orElse("ap-guangzhou");
        this.sts = new SecurityTokenService(options.sts, options.transport, clock, scheduler);
        this.metadata = new MetadataService(options.metadata, options.transport, clock, scheduler);
    }

    /** {@return the sources with the environment and home directory of this process, and the mainland site} */
    public static CredentialsSources ofThisProcess() {
        return builder().build();
    }

    /** {@return a builder of sources} */
    public static CredentialsSourcesBuilder builder() {
        return new CredentialsSourcesBuilder();
    }

    /**
     * Creates the default chain: environment, TKE pod identity, tccli profile, {@code ~/.tencentcloud/credentials},
     * {@code /etc/tencentcloud/credentials}, CVM role. The first source that has credentials is used. A source with
     * broken credentials ends the chain with its failure, because the next one might belong to another account.
     *
     * @return the chain
     */
    public CredentialsSource defaultChain() {
        List<CredentialsSource> links = new ArrayList<>(List.of(environment(), podIdentity(), tccliProfile()));
        variable("TENCENTCLOUD_CREDENTIALS_FILE").ifPresentOrElse(file -> links.add(file(Path.of(file))), () -> {
            links.add(file(home.resolve(Path.of(".tencentcloud", "credentials"))));
            links.add(file(system));
        });
        links.add(role.isEmpty() ? cvmRole() : cvmRole(role));
        return new SourceChain(List.copyOf(links));
    }

    /**
     * Creates a source of fixed credentials.
     *
     * @param name the name of this source in messages
     * @param credentials the credentials
     * @return the source
     */
    public CredentialsSource fixed(String name, Credentials credentials) {
        return new Source(name, Mono.just(SourcedCredentials.local(name, credentials, null)));
    }

    /**
     * {@return the key pair and token of the environment, as {@link CredentialsProvider#environment(Map)} reads them}
     */
    public CredentialsSource environment() {
        String name = "environment";
        return new Source(name, Mono.defer(() -> local(name, CredentialsProvider.environment(variables))));
    }

    /**
     * Creates a source for an ini file, as {@link CredentialsProvider#file} reads it. If other users may read the file,
     * a warning is logged once.
     *
     * @param path the file
     * @return the source
     */
    public CredentialsSource file(Path path) {
        String name = "file " + path;
        return new Source(name, Mono.defer(() -> {
            files.warnIfShared(path);
            return local(name, CredentialsProvider.file(path));
        }));
    }

    private static Mono<SourcedCredentials> local(String name, CredentialsProvider provider) {
        return Mono.fromCompletionStage(provider::credentials)
                .map(credentials -> SourcedCredentials.local(name, credentials, null));
    }

    /** {@return the role that is bound to this CVM instance; absent if there is no metadata service or no role} */
    public CredentialsSource cvmRole() {
        return new Source("CVM role", metadata.credentials("CVM role"));
    }

    /**
     * Creates a source for a role that is bound to this CVM instance.
     *
     * @param roleName its name
     * @return the source
     * @throws InvalidValueException if the name is not a valid role name
     */
    public CredentialsSource cvmRole(String roleName) {
        unless(
                MetadataService.isRoleName(roleName),
                "roleName",
                roleName,
                "must consist of letters, digits and +=,.@_-");
        String name = "CVM role " + roleName;
        return new Source(name, metadata.credentials(name, roleName));
    }

    /**
     * Creates a source for the identity of a TKE pod: {@code TKE_REGION}, {@code TKE_PROVIDER_ID}, {@code
     * TKE_WEB_IDENTITY_TOKEN_FILE} and {@code TKE_ROLE_ARN}, which the cluster sets. Credentials are absent if none of
     * these variables is set, and broken if only some of them are.
     *
     * @return the source
     */
    public CredentialsSource podIdentity() {
        String name = "TKE pod identity";
        List<String> names = List.of("TKE_REGION", "TKE_PROVIDER_ID", "TKE_WEB_IDENTITY_TOKEN_FILE", "TKE_ROLE_ARN");
        List<String> missing =
                names.stream().filter(key -> variable(key).isEmpty()).toList();
        if (missing.isEmpty()) {
            WebIdentity identity = WebIdentity.of(
                            variable("TKE_PROVIDER_ID").orElseThrow(),
                            variable("TKE_ROLE_ARN").orElseThrow(),
                            Path.of(variable("TKE_WEB_IDENTITY_TOKEN_FILE").orElseThrow()))
                    .region(variable("TKE_REGION").orElseThrow());
            return webIdentity(name, identity);
        }
        String what = "without " + String.join(", ", missing);
        return new Source(
                name,
                Mono.error(() -> missing.size() == names.size()
                        ? CredentialsUnavailableException.absent(name, what)
                        : CredentialsUnavailableException.broken(name, what, null)));
    }

    /**
     * Creates a source for a role that is assumed with the token of an OpenID provider. The request is not signed.
     *
     * @param identity the provider, the role, and the file that holds the token; the file is read for each request
     * @return the source
     */
    public CredentialsSource webIdentity(WebIdentity identity) {
        return webIdentity("web identity " + identity.roleArn(), identity);
    }

    private CredentialsSource webIdentity(String name, WebIdentity identity) {
        return new Source(
                name,
                Mono.fromCallable(() -> files.token(name, identity.tokenFile()))
                        .flatMap(token -> sts.assumeRole(name, identity, token)));
    }

    /**
     * Creates a source for a role that is assumed with other credentials.
     *
     * @param role the role
     * @param by the credentials that may assume it, permanent or temporary
     * @return the source
     */
    public CredentialsSource assumeRole(AssumedRole role, CredentialsProvider by) {
        String name = "assumed role " + role.roleArn();
        return new Source(name, sts.assumeRole(name, role, region, by));
    }

    /**
     * Creates a source for a role that is assumed with the credentials of another source, which is read for each
     * request.
     *
     * @param role the role
     * @param by the source
     * @return the source
     */
    public CredentialsSource assumeRole(AssumedRole role, CredentialsSource by) {
        return assumeRole(
                role, () -> by.fetch().map(SourcedCredentials::credentials).toFuture());
    }

    /** {@return the tccli profile of the default chain} */
    public CredentialsSource tccliProfile() {
        return tccliProfile(profile);
    }

    /**
     * Creates a source for a profile of {@code tccli}, the vendor's command line: {@code
     * ~/.tccli/<profile>.credential}. The file is read each time and never written. Keys of {@code tccli sso login} and
     * {@code tccli auth login} are used until they expire; then log in again.
     *
     * @param profile its name
     * @return the source
     * @throws InvalidValueException if the name is not a valid profile name
     */
    public CredentialsSource tccliProfile(String profile) {
        unless(profile.matches("[\\w.@-]+"), "profile", profile, "must consist of letters, digits and ._@-");
        String name = "tccli profile " + profile;
        Path file = home.resolve(Path.of(".tccli", profile + ".credential"));
        return new Source(
                name, Mono.defer(() -> files.json(name, file, scheduler)).flatMap(content -> {
                    TccliProfile read = new TccliProfile(name, content, clock);
                    if (read.isCvmRole()) {
                        return metadata.credentials(name);
                    }
                    return Mono.justOrEmpty(read.assumedRole())
                            .flatMap(role -> sts.assumeRole(name, role, region, CredentialsProvider.fixed(read.keys())))
                            .switchIfEmpty(Mono.fromSupplier(read::credentials));
                }));
    }

    /**
     * Looks up the identity that credentials belong to (GetCallerIdentity). Changes nothing and costs nothing.
     *
     * @param credentials the credentials
     * @return the identity; cold. Fails with {@link CredentialsUnavailableException} if there are no credentials, or if
     *     the service refuses them or cannot be reached
     */
    public Mono<CallerIdentity> callerIdentity(CredentialsProvider credentials) {
        return sts.callerIdentity(region, requireNonNull(credentials, "credentials"));
    }

    /**
     * Finds the default region: {@code TENCENTCLOUD_REGION}, else that of the tccli profile. Reads a file, so it may
     * block for a moment.
     *
     * @return the region; empty if none is configured
     */
    public Optional<String> region() {
        return variable("TENCENTCLOUD_REGION")
                .or(() -> files.jsonNow(home.resolve(Path.of(".tccli", profile + ".configure")))
                        .flatMap(content -> content.text("_sys_param", "region")));
    }

    private Optional<String> variable(String name) {
        return Optional.of(variables.getOrDefault(name, "").strip()).filter(value -> !value.isEmpty());
    }

    private record Source(String name, Mono<SourcedCredentials> fetch) implements CredentialsSource {

        @Override
        public String toString() {
            return name;
        }
    }
}
