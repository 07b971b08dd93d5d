package io.ramet.reactor;

/** The treatment of a chunk in doubt whose instances are not found. */
public enum DoubtPolicy {
    /** It stays in doubt, for a person to decide: how soon a purchase is listed is not documented. */
    HOLD,
    /**
     * It is sent again once it is proven that its first request was never executed. The proof: a listing that the
     * server dated later than the journaled timestamp plus 300 s (after which the server refuses the signature, however
     * late it arrives) plus the visibility lag shows no instance of the chunk, and neither did any listing before.
     *
     * <p>A chunk to which the server has responded, in whatever way, is never sent again: it was executed, and an order
     * may be paid later.
     *
     * <p>The same credentials, region and endpoint must show the plan's source instance at that time. If they do not,
     * such as with the key of another account, absence proves nothing, and the chunk stays in doubt.
     *
     * <p>This rests on two assumptions: a purchase is listed by DescribeInstances within the visibility lag, and
     * credentials that show the source show its clones. If one of them fails, the chunk can be bought twice.
     */
    RESEND_WHEN_PROVEN
}
