package io.hayloft.tasks.ruler;

import io.hayloft.base.UserError;
import io.hayloft.tasks.python.NumpyRandom;
import io.hayloft.tasks.python.PythonRandom;
import java.util.List;

/** The two random generators of one run of an official program. They can be set to where they stood at an earlier sample. */
final class Draws {
    private final long seed;
    private PythonRandom python;
    private NumpyRandom numpy;

    /** How many numbers both generators had given. */
    record Position(long python, long numpy) {}

    /**
     * Both generators after their seed.
     *
     * @throws UserError if numpy takes no such seed
     */
    Draws(long seed) {
        if (seed < 0 || seed > NumpyRandom.LARGEST_SEED) {
            throw new UserError(
                    "RULER's generators take seeds from 0 to " + NumpyRandom.LARGEST_SEED + ", not " + seed);
        }
        this.seed = seed;
        this.python = new PythonRandom(seed);
        this.numpy = new NumpyRandom(seed);
    }

    PythonRandom python() {
        return python;
    }

    NumpyRandom numpy() {
        return numpy;
    }

    /** Shuffles with a new generator of the same seed: always the same permutation for the same size. */
    void shuffleAnew(List<String> items) {
        new PythonRandom(seed).shuffle(items);
    }

    Position position() {
        return new Position(python.drawn(), numpy.drawn());
    }

    /** Goes to a position, forwards or back. */
    void seek(Position position) {
        if (position.equals(position())) {
            return;
        }
        python = new PythonRandom(seed);
        python.skip(position.python());
        numpy = new NumpyRandom(seed);
        numpy.skip(position.numpy());
    }
}
