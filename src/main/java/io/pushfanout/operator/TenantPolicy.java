package io.pushfanout.operator;

import io.pushfanout.model.FanoutSpec;

/**
 * What the operator of this installation lets tenants have, by namespace. Pure.
 *
 * @param allowed what their resources may have us connect to
 * @param ceilings how much they may ask for
 */
public record TenantPolicy(AllowLists allowed, Ceilings ceilings) {
  public static final TenantPolicy EVERYTHING =
      new TenantPolicy(AllowLists.EVERYTHING, Ceilings.NONE);

  /**
   * Lets through what the namespace of this fanout may have.
   *
   * @throws NotAllowedException names the field, and the flag to ask the operator for
   */
  void check(FanoutSpec fanout) {
    allowed.check(fanout);
    ceilings.check(fanout);
  }
}
