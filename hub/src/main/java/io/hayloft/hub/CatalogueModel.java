package io.hayloft.hub;

import java.util.List;

/**
 * A model that the catalogue knows.
 *
 * @param name what the user writes after {@code --model}
 * @param summary one line for lists
 * @param architecture family of the model, such as {@code llama}
 * @param parameters rounded number of parameters, such as {@code 135M}
 * @param context longest prompt and answer in tokens
 * @param licence under which the weights may be used
 * @param files one GGUF file, or the files of a Hugging Face folder
 */
public record CatalogueModel(
        String name,
        String summary,
        String architecture,
        String parameters,
        int context,
        String licence,
        List<ModelFile> files) {
    public CatalogueModel {
        files = List.copyOf(files);
        if (files.isEmpty()) {
            throw new IllegalArgumentException("catalogue entry " + name + " names no file");
        }
    }

    /** Size of all files on disk. */
    public long bytes() {
        long sum = 0;
        for (var file : files) {
            sum += file.bytes();
        }
        return sum;
    }

    /** Whether the model lies in the jar, so that it needs no network. */
    public boolean embedded() {
        return files.stream().allMatch(file -> file.sources().contains(new Source.Embedded()));
    }
}
