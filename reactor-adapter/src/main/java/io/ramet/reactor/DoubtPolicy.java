package io.ramet.reactor;

/** The treatment of a chunk in doubt whose instances are not found. */
public enum DoubtPolicy {
    /** It stays in doubt and a person decides, because the API does not document how soon a purchase is listed. */
    HOLD,
    /**
     * It is sent again once it is proven that its request was never executed. The proof is a listing that shows no
     * instance of the chunk, if no earlier listing has shown one. The server must have dated this listing later than
     * the timestamp in the journal, plus 300 s, plus the visibility lag. After the 300 s the server refuses the
     * request, because its signature has expired.
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
