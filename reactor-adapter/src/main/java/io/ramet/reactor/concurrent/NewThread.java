package io.ramet.reactor.concurrent;

import java.util.concurrent.Executor;

/**
 * Runs each task on a new daemon thread, for calls that may block and must hold up no thread that others need.
 *
 * @param name of the threads
 */
public record NewThread(String name) implements Executor {

    @Override
    public void execute(Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }
}
