/**
 * Grids: experiments as YAML files. {@link io.hayloft.bench.grid.Grids} finds a grid by name or file,
 * {@link io.hayloft.bench.grid.GridReader} reads it and reports mistakes with their line, {@link io.hayloft.bench.grid.Grid}
 * is what it says, {@link io.hayloft.bench.grid.DefaultGrid} writes the one that the registry of methods implies.
 */
@NullMarked
package io.hayloft.bench.grid;

import org.jspecify.annotations.NullMarked;
