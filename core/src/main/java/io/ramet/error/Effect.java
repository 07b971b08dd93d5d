package io.ramet.error;

/** Whether a failed call may have bought instances all the same. */
public enum Effect {
    /** Surely nothing was bought: the call was refused, or never left this process. */
    NONE,
    /** Instances may exist. Such a call is never sent again; its mark is looked for on the server. */
    POSSIBLE
}
