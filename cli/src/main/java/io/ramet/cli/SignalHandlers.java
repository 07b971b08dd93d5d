package io.ramet.cli;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Hears Ctrl-C, the wish to end that service managers send, and the end of the terminal, as long as it is open.
 *
 * <p>A shutdown hook would not do: while hooks run, a second Ctrl-C is not heard. What hears both is {@code sun.misc.Signal},
 * which is reached by reflection, because the compiler's warning about it cannot be silenced. Where it is missing, or where
 * whoever started the process had signals ignored, things stay as they are.
 */
final class SignalHandlers implements AutoCloseable {

    private final Map<Object, Object> before = new HashMap<>();
    private final AtomicInteger heard = new AtomicInteger();
    private final CountDownLatch one = new CountDownLatch(1);
    private final Runnable first;
    private final Runnable second;

    private SignalHandlers(Runnable first, Runnable second) {
        this.first = first;
        this.second = second;
    }

    /**
     * Begins to hear.
     *
     * @param first what the first one does
     * @param second what the second one does
     */
    static SignalHandlers heed(Runnable first, Runnable second) {
        SignalHandlers interrupts = new SignalHandlers(first, second);
        interrupts.hear("INT");
        interrupts.hear("TERM");
        interrupts.hear("HUP");
        return interrupts;
    }

    /** {@return whether there was one} */
    boolean any() {
        return heard.get() > 0;
    }

    /** Waits until there was one. */
    void await() throws InterruptedException {
        one.await();
    }

    @Override
    public void close() {
        before.forEach((signal, handler) -> {
            try {
                handle(signal.getClass()).invoke(null, signal, handler);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("a signal that could be handled can no longer be", e);
            }
        });
        before.clear();
    }

    private void hear(String name) {
        try {
            Class<?> type = Class.forName("sun.misc.Signal");
            Method handle = handle(type);
            Object ours = Proxy.newProxyInstance(
                    handle.getParameterTypes()[1].getClassLoader(),
                    new Class<?>[] {handle.getParameterTypes()[1]},
                    (proxy, method, arguments) -> {
                        tell();
                        return null;
                    });
            Object signal = type.getConstructor(String.class).newInstance(name);
            before.put(signal, handle.invoke(null, signal, ours));
        } catch (ReflectiveOperationException e) {
            // Not to be had here: the signal does what it always did.
        }
    }

    private static Method handle(Class<?> signal) throws ReflectiveOperationException {
        return signal.getMethod("handle", signal, Class.forName("sun.misc.SignalHandler"));
    }

    /** Does what a signal does. */
    void tell() {
        one.countDown();
        switch (heard.incrementAndGet()) {
            case 1 -> first.run();
            case 2 -> second.run();
            default -> {}
        }
    }
}
