package io.hayloft.bench;

import java.nio.file.Path;

/**
 * The model of a run.
 *
 * @param name the name that records and reports show, such as {@code smollm2-135m}
 * @param path its file or folder
 * @param embedded whether it is the model that comes with Hayloft: an instrument for cache methods, no language model
 */
public record ModelChoice(String name, Path path, boolean embedded) {}
