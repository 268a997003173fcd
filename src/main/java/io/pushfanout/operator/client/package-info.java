/**
 * The way to the API server: everything that comes from outside for it, a kubeconfig, a pod's
 * service account, the variables of proxies, is read here, checked, and named where it is no good.
 */
@NullMarked
package io.pushfanout.operator.client;

import org.jspecify.annotations.NullMarked;
