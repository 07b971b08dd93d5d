package io.ramet.reactor.credentials;

import io.netty.resolver.AbstractAddressResolver;
import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Promise;
import io.ramet.reactor.transport.ReactorNettyCredentialsTransport;
import io.ramet.sign.Credentials;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import reactor.core.publisher.Mono;

/**
 * Prints whose keys the default chain of this process finds. Only two things differ from production: the metadata
 * service's real name leads to the port of the first argument, and the token service is there as well.
 */
final class DefaultChainProgram {

    private DefaultChainProgram() {}

    public static void main(String[] arguments) {
        int port = Integer.parseInt(arguments[0]);
        CredentialsSources sources = CredentialsSources.builder()
                .sts(URI.create("http://127.0.0.1:" + port))
                .transport(ReactorNettyCredentialsTransport.customizedBy(http -> http.resolver(new OneHost(port))))
                .build();
        PrintStream out = System.out;
        out.println("> " + found(sources));
    }

    /**
     * The metadata service has two seconds; a starved machine may need more until this new JVM has read the response.
     */
    private static String found(CredentialsSources sources) {
        String found = foundOnce(sources);
        for (int attempt = 1; attempt < 5 && found.contains("no response within"); attempt++) {
            found = foundOnce(sources);
        }
        return found;
    }

    private static String foundOnce(CredentialsSources sources) {
        try (RefreshingCredentials provider =
                RefreshingCredentials.of(sources.defaultChain()).build()) {
            Credentials found = Mono.fromCompletionStage(provider::credentials).block(Duration.ofSeconds(20));
            return provider.status().provider() + ", " + found.secretId() + ", region "
                    + sources.region().orElse("none");
        } catch (RuntimeException e) {
            return e.getMessage();
        }
    }

    /** Knows loopback, and one name of the real world. */
    private static final class OneHost extends AddressResolverGroup<InetSocketAddress> {

        private final int port;

        OneHost(int port) {
            this.port = port;
        }

        @Override
        protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
            return new AbstractAddressResolver<>(executor, InetSocketAddress.class) {
                @Override
                protected boolean doIsResolved(InetSocketAddress address) {
                    return !address.isUnresolved();
                }

                @Override
                protected void doResolve(InetSocketAddress unresolved, Promise<InetSocketAddress> promise) {
                    String host = unresolved.getHostString();
                    InetAddress loopback = InetAddress.getLoopbackAddress();
                    if (host.equals("metadata.tencentyun.com") && unresolved.getPort() == 80) {
                        promise.setSuccess(new InetSocketAddress(loopback, port));
                    } else if (host.equals("127.0.0.1")) {
                        promise.setSuccess(new InetSocketAddress(loopback, unresolved.getPort()));
                    } else {
                        promise.setFailure(new UnknownHostException(host));
                    }
                }

                @Override
                protected void doResolveAll(InetSocketAddress unresolved, Promise<List<InetSocketAddress>> promise) {
                    Promise<InetSocketAddress> one = executor().newPromise();
                    doResolve(unresolved, one);
                    one.addListener(resolved -> {
                        if (resolved.isSuccess()) {
                            promise.setSuccess(List.of(one.getNow()));
                        } else {
                            promise.setFailure(resolved.cause());
                        }
                    });
                }
            };
        }
    }
}
