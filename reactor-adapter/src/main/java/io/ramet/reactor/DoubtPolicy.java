package io.ramet.reactor;

/** What becomes of a chunk in doubt whose instances are not found. */
public enum DoubtPolicy {
    /** It stays in doubt, for a person to decide: how soon a purchase shows in listings is not documented. */
    HOLD,
    /**
     * It is sent again once it is proven that its first sending was never executed. The proof: a listing that the server
     * dated later than the journaled timestamp plus 300 s (after which the server refuses the signature, however late it
     * arrives) plus the visibility lag shows no instance of the chunk, and neither did any listing before.
     *
     * <p>What the server has answered, in whatever way, is never sent again: it was executed, and an order may be paid later.
     *
     * <p>The same credentials, region and endpoint must show the plan's source instance then: where that does not show, such as
     * with another account's key, absence proves nothing, and the chunk stays in doubt.
     *
     * <p>This rests on two assumptions: that a purchase shows in DescribeInstances within the visibility lag, and that whoever is
     * shown the source is shown its clones. Where one of them fails, the chunk can be bought twice.
     */
    RESEND_WHEN_PROVEN
}
