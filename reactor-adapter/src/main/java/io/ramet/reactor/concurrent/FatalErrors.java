package io.ramet.reactor.concurrent;

import java.util.function.Supplier;
import reactor.core.publisher.Mono;

/**
 * Makes errors of the virtual machine, such as a missing method or a stack overflow, ordinary failures. Reactor throws
 * them past all operators, so a subscriber would wait for ever.
 */
public final class FatalErrors {

    private FatalErrors() {}

    /**
     * Contains the errors of a call and of the subscription to its result.
     *
     * @param what the called part, for the message
     * @param call calls it; called once for each subscription
     * @return its result; fails with {@link IllegalStateException} in place of an error
     */
    public static <T> Mono<T> contained(String what, Supplier<Mono<T>> call) {
        return Mono.create(sink -> {
            try {
                sink.onDispose(call.get()
                        .contextWrite(sink.contextView())
                        .subscribe(sink::success, sink::error, sink::success));
            } catch (LinkageError | VirtualMachineError e) {
                sink.error(new IllegalStateException(
                        what + " failed with " + e.getClass().getName(), e));
            }
        });
    }
}
