package io.ramet.reactor.shape;

/** The kinds of {@link RequestShaper} for one process, for use in configuration. */
public enum Shape {

    /** {@link RequestShaper#window(int)}: the default. */
    WINDOW {
        @Override
        public RequestShaper shaper(int callsPerSecond) {
            return RequestShaper.window(callsPerSecond);
        }
    },
    /** {@link RequestShaper#strict(int)}. */
    STRICT {
        @Override
        public RequestShaper shaper(int callsPerSecond) {
            return RequestShaper.strict(callsPerSecond);
        }
    },
    /** {@link RequestShaper#paced(int)}. */
    PACED {
        @Override
        public RequestShaper shaper(int callsPerSecond) {
            return RequestShaper.paced(callsPerSecond);
        }
    };

    /**
     * Creates a shaper of this kind.
     *
     * @param callsPerSecond the server's limit, 1 or more
     * @return the shaper, on the system's time
     * @throws io.ramet.error.InvalidValueException if the limit is out of range
     */
    public abstract RequestShaper shaper(int callsPerSecond);
}
