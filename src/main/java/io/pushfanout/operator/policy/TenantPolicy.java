package io.pushfanout.operator.policy;

import io.pushfanout.model.FanoutSpec;
import io.pushfanout.model.SettingException;

/**
 * The limits that the operator of this installation sets for tenants, by namespace. Pure.
 *
 * @param allowed the nodes, services and TLS profiles that resources may use
 * @param ceilings the largest values of their fields
 */
public record TenantPolicy(AllowLists allowed, Ceilings ceilings) {
  public static final TenantPolicy EVERYTHING =
      new TenantPolicy(AllowLists.EVERYTHING, Ceilings.NONE);

  /**
   * Rejects a fanout that its namespace may not have.
   *
   * @throws NotAllowedException names the field, and the flag to request from the operator
   */
  public void check(FanoutSpec fanout) {
    allowed.check(fanout);
    ceilings.check(fanout);
  }

  /**
   * A refusal of a valid spec that the operator of the installation does not allow to its
   * namespace.
   */
  public static class NotAllowedException extends SettingException {
    NotAllowedException(String field, String problem) {
      super(field, problem);
    }

    /** Returns the reason of the condition {@code Accepted}. */
    public String reason() {
      return "NotAllowed";
    }
  }
}
