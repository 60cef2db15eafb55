/**
 * Model files: GGUF, safetensors (one file or shards) and config.json in both dialects, all memory mapped.
 *
 * <p>Entry point is {@link io.hayloft.formats.checkpoint.Checkpoint#open}. Nothing that a file says is believed unchecked: a
 * length, offset, count or shape that the file cannot hold is an error that names the file and the field.
 */
@NullMarked
package io.hayloft.formats.checkpoint;

import org.jspecify.annotations.NullMarked;
