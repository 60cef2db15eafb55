/**
 * Test help for all rooms: the project's goldens, reference data that may be absent, builders of small files in the formats
 * of models, what an error for users must look like. No part of the product depends on it.
 */
@NullMarked
package io.hayloft.testing;

import org.jspecify.annotations.NullMarked;
