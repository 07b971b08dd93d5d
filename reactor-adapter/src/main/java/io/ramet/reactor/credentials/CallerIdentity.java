package io.ramet.reactor.credentials;

/**
 * The identity that credentials belong to.
 *
 * @param accountId the uin of the main account, which pays
 * @param arn the user or the session of a role
 * @param userId the id of the user or session
 * @param type what kind of identity it is
 */
public record CallerIdentity(String accountId, String arn, String userId, String type) {}
