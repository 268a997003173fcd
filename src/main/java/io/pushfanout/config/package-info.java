/** PushFanout resources from YAML files: read, checked, and reloaded when they change. */
@NullMarked
package io.pushfanout.config;

import org.jspecify.annotations.NullMarked;
