/**
 * PushFanout resources from YAML files: reading, checks, and reloads on change. Start with {@link
 * ConfigSource}. No class here may see the engine.
 */
@NullMarked
package io.pushfanout.config;

import org.jspecify.annotations.NullMarked;
