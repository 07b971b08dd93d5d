package io.ramet.reactor.transport;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
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
        return host.equals(name) || host.endsWith("." + name);
    }

    private static boolean isInNetwork(String host, String network, String prefix) {
        byte[] address = address(host);
        byte[] base = address(network);
        if (address == null || base == null || address.length != base.length || !prefix.matches("\\d{1,3}")) {
            return false;
        }
        int bits = Math.min(Integer.parseInt(prefix), 8 * base.length);
        for (int bit = 0; bit < bits; bit++) {
            int mask = 0x80 >> (bit % 8);
            if ((address[bit / 8] & mask) != (base[bit / 8] & mask)) {
                return false;
            }
        }
        return true;
    }

    /** {@return the bytes of an address; null for a name, which is not looked up} */
    private static byte @Nullable [] address(String host) {
        String octet = "(25[0-5]|2[0-4]\\d|1?\\d?\\d)";
        if (!host.contains(":") && !host.matches(octet + "(\\." + octet + "){3}")) {
            return null;
        }
        try {
            return InetAddress.getByName(host).getAddress();
        } catch (UnknownHostException noAddress) {
            return null;
        }
    }

    private static String bare(String host) {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }
}
