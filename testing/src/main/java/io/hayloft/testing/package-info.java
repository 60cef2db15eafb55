/** Test help for all rooms: finds the reference data that lies beside the project on machines that have it. */
@NullMarked
package io.hayloft.testing;

import org.jspecify.annotations.NullMarked;
