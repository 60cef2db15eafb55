/** YAML files whose errors name file, line and key. */
@NullMarked
package io.hayloft.tasks.yaml;

import org.jspecify.annotations.NullMarked;
