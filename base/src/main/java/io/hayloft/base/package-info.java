/**
 * Shared by every room: errors that a user can fix, "did you mean" suggestions, sizes as people write them, checksums.
 *
 * <p>No dependency but the annotations; nothing here knows of models, methods or tasks.
 */
@NullMarked
package io.hayloft.base;

import org.jspecify.annotations.NullMarked;
