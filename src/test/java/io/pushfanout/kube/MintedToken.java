package io.pushfanout.kube;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.time.Instant;
import java.util.Base64;

/**
 * Tokens of service accounts in the API server's form that may expire within ten minutes, the
 * server's minimum.
 */
final class MintedToken {
  private static final String ISSUER = "https://localhost";

  private MintedToken() {}

  static String of(
      ECPrivateKey key, String namespace, String account, String uid, Instant expires) {
    JsonObject claims =
        new JsonObject()
            .put("iss", ISSUER)
            .put("aud", new JsonArray().add(ISSUER))
            .put("sub", "system:serviceaccount:" + namespace + ":" + account)
            .put("iat", expires.getEpochSecond() - 3600)
            .put("nbf", expires.getEpochSecond() - 3600)
            .put("exp", expires.getEpochSecond())
            .put(
                "kubernetes.io",
                new JsonObject()
                    .put("namespace", namespace)
                    .put("serviceaccount", new JsonObject().put("name", account).put("uid", uid)));
    int bits = key.getParams().getCurve().getField().getFieldSize();
    String head = base64(new JsonObject().put("alg", "ES" + bits).encode());
    String text = head + "." + base64(claims.encode());
    try {
      Signature signature = Signature.getInstance("SHA%dwithECDSAinP1363Format".formatted(bits));
      signature.initSign(key);
      signature.update(text.getBytes(StandardCharsets.US_ASCII));
      return text + "." + base64(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String base64(String text) {
    return base64(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
