package io.ramet.reactor;

/** The treatment of a chunk in doubt whose instances are not found. */
public enum DoubtPolicy {
    /** It stays in doubt and a person decides, because the API does not document how soon a purchase is listed. */
    HOLD,
    /**
     * It is sent again once it is proven that its request was never executed. The proof: a listing that the server
     * dated later than the timestamp in the journal plus 300 s (after which the server refuses the request, because its
     * signature has expired) plus the visibility lag shows no instance of the chunk, and no earlier listing showed one.
     *
     * <p>A chunk in doubt to which the server has responded in any way is never sent again: it may have been executed,
     * and its order may be paid later.
     *
     * <p>The same credentials, region and endpoint must show the plan's source instance at that time. If they do not,
     * for example because the key belongs to another account, absence proves nothing, and the chunk stays in doubt.
     *
     * <p>The proof rests on two assumptions: a purchase is listed by DescribeInstances within the visibility lag, and
     * credentials that show the source show its clones. If one of them does not hold, the chunk can be bought twice.
     */
    RESEND_WHEN_PROVEN
}
