package io.hayloft.formats.checkpoint;

/**
 * How a model's config is read.
 *
 * @param context tokens that are to fit, whatever the config says; 0 for what it says
 * @param ignoreUnknown whether to go on when the config has fields that may change what the model computes and that are
 *     not known; otherwise they are errors
 */
public record ReadOptions(int context, boolean ignoreUnknown) {
    /** The context of the config; unknown fields are errors. */
    public static final ReadOptions DEFAULTS = new ReadOptions(0, false);
}
