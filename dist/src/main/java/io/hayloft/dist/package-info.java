/**
 * The files that people download: an archive with its own Java runtime that runs without a JDK, one without a runtime for every
 * system, a container image that is made without pulling a base image, and checksums. Two builds of one commit on one
 * machine give the same bytes. Runs at the phase package of {@code mvn -Pdist package}.
 */
@NullMarked
package io.hayloft.dist;

import org.jspecify.annotations.NullMarked;
