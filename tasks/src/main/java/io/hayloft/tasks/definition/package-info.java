/** What a task is, as a YAML file says it. */
@NullMarked
package io.hayloft.tasks.definition;

import org.jspecify.annotations.NullMarked;
