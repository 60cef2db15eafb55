/**
 * Speed of a model on this machine: reading a prompt and generating, at any depth of the cache, for any way of storing it.
 *
 * <p>The depth is made up: rows of random keys and values are appended to a cache, which takes a second where reading as
 * many tokens would take minutes. Every result is given as a share of what the machine can do, and the caches are checked
 * against its memory before anything runs.
 */
@NullMarked
package io.hayloft.bench.speed;

import org.jspecify.annotations.NullMarked;
