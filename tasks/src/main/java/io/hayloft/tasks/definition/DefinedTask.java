package io.hayloft.tasks.definition;

import io.hayloft.tasks.Category;
import io.hayloft.tasks.Task;
import org.jspecify.annotations.Nullable;

/** A task that a YAML file describes; subclasses make its samples and score their answers. */
public abstract class DefinedTask implements Task {
    private final Definition definition;

    /** A task of this definition. */
    protected DefinedTask(Definition definition) {
        this.definition = definition;
    }

    /** The content of the YAML file. */
    public final Definition definition() {
        return definition;
    }

    @Override
    public String name() {
        return definition.name();
    }

    @Override
    public Category category() {
        return definition.category();
    }

    @Override
    public String description() {
        return definition.about();
    }

    @Override
    public String measures() {
        return definition.measures();
    }

    @Override
    public String metric() {
        return definition.metric().id();
    }

    @Override
    public String version() {
        return definition.version();
    }

    @Override
    public @Nullable String protocol() {
        return definition.protocol();
    }
}
