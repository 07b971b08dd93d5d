package io.ramet.cli;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Handles SIGINT (Ctrl-C), SIGTERM (service managers) and SIGHUP (the terminal was closed) until it is closed.
 *
 * <p>A shutdown hook is not enough: a second Ctrl-C is ignored while hooks run. {@code sun.misc.Signal} handles both;
 * it is called by reflection, because the compiler's warning about it cannot be suppressed. Where it is missing, a
 * signal has its default effect; a signal that the parent process had ignored stays ignored.
 */
final class SignalHandlers implements AutoCloseable {

    private final Map<Object, Object> before = new HashMap<>();
    private final AtomicInteger received = new AtomicInteger();
    private final CountDownLatch one = new CountDownLatch(1);
    private final Runnable first;
    private final Runnable second;

    private SignalHandlers(Runnable first, Runnable second) {
        this.first = first;
        this.second = second;
    }

    /**
     * Installs the handlers. The third signal ends the process at once.
     *
     * @param first the action of the first signal
     * @param second the action of the second signal
     */
    static SignalHandlers install(Runnable first, Runnable second) {
        SignalHandlers handlers = new SignalHandlers(first, second);
        handlers.handle("INT");
        handlers.handle("TERM");
        handlers.handle("HUP");
        return handlers;
    }

    /** {@return whether a signal was received} */
    boolean any() {
        return received.get() > 0;
    }

    /** Waits for the first signal. */
    void await() throws InterruptedException {
        one.await();
    }

    @Override
    public void close() {
        before.forEach((signal, handler) -> {
            try {
                handle(signal.getClass()).invoke(null, signal, handler);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("a signal handler cannot be restored", e);
            }
        });
        before.clear();
    }

    private void handle(String name) {
        try {
            Class<?> type = Class.forName("sun.misc.Signal");
            Method handle = handle(type);
            Object ours = Proxy.newProxyInstance(
                    handle.getParameterTypes()[1].getClassLoader(),
                    new Class<?>[] {handle.getParameterTypes()[1]},
                    (proxy, method, arguments) -> {
                        receive();
                        return null;
                    });
            Object signal = type.getConstructor(String.class).newInstance(name);
            before.put(signal, handle.invoke(null, signal, ours));
        } catch (ReflectiveOperationException e) {
            // Not available here: the signal has its default effect.
        }
    }

    private static Method handle(Class<?> signal) throws ReflectiveOperationException {
        return signal.getMethod("handle", signal, Class.forName("sun.misc.SignalHandler"));
    }

    /** Acts on a signal. */
    void receive() {
        one.countDown();
        switch (received.incrementAndGet()) {
            case 1 -> first.run();
            case 2 -> second.run();
            // Output that is not read could block the process for ever.
            default -> Runtime.getRuntime().halt(ExitCode.INTERRUPTED);
        }
    }
}
