package io.ramet.model;

/** The treatment of a monthly instance when its period ends. */
public enum AutoRenew {
    /** Renewed by hand. */
    MANUAL(0),
    /** Renewed automatically. */
    AUTOMATIC(1),
    /** Never renewed: isolated when it expires. */
    NEVER(2);

    private final int wireValue;

    AutoRenew(int wireValue) {
        this.wireValue = wireValue;
    }

    /** {@return the value of {@code AutoRenew} on the wire} */
    public int wireValue() {
        return wireValue;
    }
}
