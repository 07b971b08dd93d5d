package io.ramet.plan;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The random bits of plan ids, drawn without a system call: the SHA-256 of a secret seed, a counter and the time.
 * Thread-safe.
 *
 * <p>A plan is made where a request is handled, which may be on an event loop, and a {@link SecureRandom} reads a file
 * there, {@code /dev/urandom}. The seed is therefore read once for the process, on a thread of its own. The first
 * caller polls until that thread has ended, which takes less time than it took to load this class. The time in
 * nanoseconds keeps processes apart that were restored from the same checkpoint: they share the seed and the counter.
 */
final class IdBits implements RandomGenerator {

    static final IdBits SHARED = new IdBits();

    private final MessageDigest sha256;
    private final byte[] seed = SeedReader.read();
    private long counter;

    private IdBits() {
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    @Override
    public synchronized long nextLong() {
        sha256.update(seed);
        sha256.update(ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(counter++)
                .putLong(System.nanoTime())
                .flip());
        return ByteBuffer.wrap(sha256.digest()).getLong();
    }

    /** A class of its own, because no other thread can run a method of a class while the class is being initialized. */
    private static final class SeedReader extends Thread {

        private byte @Nullable [] seed;

        private SeedReader() {
            super("ramet-seed");
            setDaemon(true);
        }

        static byte[] read() {
            SeedReader reader = new SeedReader();
            reader.start();
            while (reader.isAlive()) {
                // Polls: an event loop may neither park nor use Thread.onSpinWait.
            }
            return Objects.requireNonNull(reader.seed, "no seed for plan ids");
        }

        @Override
        public void run() {
            byte[] bytes = new byte[32];
            new SecureRandom().nextBytes(bytes);
            seed = bytes;
        }
    }
}
