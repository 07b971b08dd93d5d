package io.ramet.reactor.transport;

import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.proxy.ProxyConnectException;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.resolver.NoopAddressResolverGroup;
import io.ramet.model.Secret;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.TrustManagerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.Http11SslContextSpec;
import reactor.netty.http.client.HttpClient;
import reactor.netty.tcp.SslProvider.GenericSslContextSpec;
import reactor.netty.transport.ProxyProvider.Proxy;

/** Applies a {@link Network} to Reactor Netty. */
final class ReactorNettyNetwork {

    static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    /**
     * Shorter than the 10 s of the TLS handshake, which begin when the proxy is connected, so that the failure names
     * the proxy.
     */
    private static final Duration TUNNEL_TIMEOUT = Duration.ofSeconds(8);

    private static final Pattern STATUS = Pattern.compile("status: (\\d{3})");

    private ReactorNettyNetwork() {}

    /** {@return a client with the time-out, the User-Agent and the trust of all requests} */
    static HttpClient prepared(HttpClient http, Network network) {
        HttpClient named = http.option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) CONNECT_TIMEOUT.toMillis())
                .headers(headers -> headers.set(HttpHeaderNames.USER_AGENT, UserAgent.NAME));
        return network.trust()
                .map(trust -> named.secure(spec -> spec.sslContext(trusting(trust))))
                .orElse(named);
    }

    private static GenericSslContextSpec<SslContextBuilder> trusting(TrustManagerFactory trust) {
        return Http11SslContextSpec.forClient().configure(context -> context.trustManager(trust));
    }

    /**
     * {@return the client for one request to a server: through the proxy, whose name is looked up now, or unchanged}
     */
    static Mono<HttpClient> toward(URI server, HttpClient http, Network network) {
        return network.proxy()
                .filter(proxy -> proxy.isFor(server))
                .map(proxy -> address(proxy).map(address -> through(proxy, address, http)))
                .orElse(Mono.just(http));
    }

    private static Mono<InetSocketAddress> address(HttpProxy proxy) {
        return Mono.defer(() -> lookedUp(proxy).subscribeOn(Names.THREADS));
    }

    private static Mono<InetSocketAddress> lookedUp(HttpProxy proxy) {
        return Mono.fromCallable(() -> new InetSocketAddress(InetAddress.getByName(proxy.host()), proxy.port()))
                .onErrorMap(
                        UnknownHostException.class,
                        unknown -> new UnknownHostException("that of the proxy, " + proxy.host()));
    }

    private static HttpClient through(HttpProxy proxy, InetSocketAddress address, HttpClient http) {
        // The proxy looks up the server's name, because a company's network may resolve only its own names.
        return http.resolver(NoopAddressResolverGroup.INSTANCE).proxy(spec -> {
            var options = spec.type(Proxy.HTTP).socketAddress(address);
            proxy.user()
                    .ifPresent(user -> options.username(user)
                            .password(
                                    name -> proxy.password().map(Secret::reveal).orElse("")));
            options.connectTimeoutMillis(TUNNEL_TIMEOUT.toMillis());
        });
    }

    /** {@return a failure to connect, described by the cause that TLS and Netty wrap; any other failure unchanged} */
    static Throwable named(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ProxyConnectException refused) {
                return new ConnectException(words(refused));
            }
            if (String.valueOf(cause.getMessage()).contains("Too many open files")) {
                return new IOException("no file descriptor is left: raise the limit of this process (ulimit -n)");
            }
        }
        return failure;
    }

    /** Does not quote the message, because the text after the status comes from the proxy. */
    private static String words(ProxyConnectException refused) {
        String message = String.valueOf(refused.getMessage());
        Matcher status = STATUS.matcher(message);
        if (status.find()) {
            String code = status.group(1);
            return "the proxy refused to connect to the server: proxy " + code
                    + (code.equals("407") ? " (it requires another user or password)" : "");
        }
        return message.contains("timeout")
                ? "the proxy did not connect to the server within " + TUNNEL_TIMEOUT.toSeconds() + " s"
                : "the proxy closed the connection before it was connected to the server";
    }

    /** Threads for blocking look-ups of names. Created with the first look-up, because most networks have no proxy. */
    private static final class Names {

        static final Scheduler THREADS = create();

        /** Does not use Reactor's current factory: a test may have replaced it with virtual time. */
        private static Scheduler create() {
            Scheduler threads = new Schedulers.Factory() {}.newBoundedElastic(2, Integer.MAX_VALUE, Names::thread, 60);
            threads.init();
            return threads;
        }

        private static Thread thread(Runnable work) {
            Thread thread = new Thread(work, "ramet-names");
            thread.setDaemon(true);
            return thread;
        }
    }
}
