/**
 * The parts of Python and numpy that published generators of test data rest on, number for number: their random generators
 * and the way they write JSON. The same seed gives the same data as there.
 */
@NullMarked
package io.hayloft.tasks.python;

import org.jspecify.annotations.NullMarked;
