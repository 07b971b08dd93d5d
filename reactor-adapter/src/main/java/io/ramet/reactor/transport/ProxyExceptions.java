package io.ramet.reactor.transport;

import io.netty.util.NetUtil;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The hosts that are reached without the proxy, in the forms of {@code NO_PROXY} and {@code http.nonProxyHosts}. */
record ProxyExceptions(List<String> hosts) {

    static final ProxyExceptions LINK_LOCAL =
            new ProxyExceptions(List.of("169.254.0.0/16", "fe80::/10", "metadata.tencentyun.com"));

    ProxyExceptions(List<String> hosts) {
        this.hosts = hosts.stream()
                .map(host -> host.strip().toLowerCase(Locale.ROOT))
                .filter(host -> !host.isEmpty())
                .toList();
    }

    boolean contains(URI server) {
        String host = bare(server.getHost().toLowerCase(Locale.ROOT));
        int port = server.getPort() < 0 ? 443 : server.getPort();
        return hosts.stream().anyMatch(exception -> matches(exception, host, port));
    }

    private static boolean matches(String exception, String host, int port) {
        if (exception.equals("*")) {
            return true;
        }
        int slash = exception.indexOf('/');
        if (slash > 0) {
            return isInNetwork(host, exception.substring(0, slash), exception.substring(slash + 1));
        }
        if (exception.matches("[^:]+:\\d+|\\[.*]:\\d+")) {
            int colon = exception.lastIndexOf(':');
            return exception.substring(colon + 1).equals(Integer.toString(port))
                    && isHostOrParent(exception.substring(0, colon), host);
        }
        return exception.endsWith("*")
                ? host.startsWith(exception.substring(0, exception.length() - 1))
                : isHostOrParent(exception, host);
    }

    private static boolean isHostOrParent(String exception, String host) {
        String name = bare(exception.replaceFirst("^\\*?\\.?", ""));
        InetAddress address = address(name);
        return address == null ? host.equals(name) || host.endsWith("." + name) : address.equals(address(host));
    }

    private static boolean isInNetwork(String host, String network, String prefix) {
        InetAddress address = address(host);
        InetAddress base = address(network);
        if (address == null || base == null || !prefix.matches("\\d{1,3}")) {
            return false;
        }
        int all = 8 * base.getAddress().length;
        int rest = Math.max(0, all - Integer.parseInt(prefix));
        return address.getClass() == base.getClass()
                && number(address).shiftRight(rest).equals(number(base).shiftRight(rest));
    }

    private static BigInteger number(InetAddress address) {
        return new BigInteger(1, address.getAddress());
    }

    /** {@return the address in a text, without its zone; null for a name, which is not looked up} */
    private static @Nullable InetAddress address(String host) {
        return NetUtil.createInetAddressFromIpAddressString(host.replaceFirst("%.*", ""));
    }

    private static String bare(String host) {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }
}
