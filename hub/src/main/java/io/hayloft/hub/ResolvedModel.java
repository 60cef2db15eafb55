package io.hayloft.hub;

import java.nio.file.Path;

/**
 * A model found on this machine.
 *
 * @param name the catalogue's name, or the file or folder name without its ending
 * @param path a GGUF file or a Hugging Face folder
 * @param embedded whether it is the model that comes with Hayloft: an instrument for cache methods, no language model
 */
public record ResolvedModel(String name, Path path, boolean embedded) {}
