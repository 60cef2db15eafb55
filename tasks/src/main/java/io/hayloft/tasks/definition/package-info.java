/** The definition of a task in a YAML file. */
@NullMarked
package io.hayloft.tasks.definition;

import org.jspecify.annotations.NullMarked;
