package io.ramet.reactor.journal;

import io.ramet.reactor.journal.Operation.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** The operations that wait for the journal's thread. Thread-safe. */
final class OperationQueue {

    static final int MAX_WAITING = 100_000;

    private final Deque<Operation<?, ?>> urgent = new ArrayDeque<>();
    private final Deque<Operation<?, ?>> others = new ArrayDeque<>();

    /** {@return whether there was room for it} */
    synchronized boolean offer(Operation<?, ?> operation) {
        if (urgent.size() + others.size() >= MAX_WAITING) {
            return false;
        }
        queue(operation).addLast(operation);
        return true;
    }

    /** {@return the operations of the next transaction, urgent ones first; empty if none waits} */
    synchronized List<Operation<?, ?>> next() {
        Deque<Operation<?, ?>> queue = urgent.isEmpty() ? others : urgent;
        List<Operation<?, ?>> group = new ArrayList<>();
        Operation<?, ?> next = queue.peekFirst();
        while (next != null
                && (group.isEmpty() || (group.get(0).sharesWith(next) && group.size() < next.kind().mostTogether))) {
            group.add(queue.removeFirst());
            next = queue.peekFirst();
        }
        return group;
    }

    synchronized void putBack(List<Operation<?, ?>> group) {
        for (int i = group.size() - 1; i >= 0; i--) {
            queue(group.get(i)).addFirst(group.get(i));
        }
    }

    private Deque<Operation<?, ?>> queue(Operation<?, ?> operation) {
        return operation.kind() == Kind.WRITE ? urgent : others;
    }
}
