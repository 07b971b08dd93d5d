package io.ramet.reactor.credentials;

/**
 * The identity that credentials belong to.
 *
 * @param accountId the uin of the main account, which pays
 * @param arn the name of the user or of the role's session
 * @param userId the id of the user or session
 * @param type the kind of identity
 */
public record CallerIdentity(String accountId, String arn, String userId, String type) {}
