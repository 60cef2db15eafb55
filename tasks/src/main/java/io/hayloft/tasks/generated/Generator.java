package io.hayloft.tasks.generated;

import io.hayloft.tasks.SeededRandom;

/** Draws the text of one kind of task. */
interface Generator {
    /** The fewest units that a text can have. */
    int fewestUnits();

    /**
     * Draws a text. The same arguments always draw the same one.
     *
     * @param units how much there is of what makes the text longer: lines, sentences or entries
     * @param index number of the sample, from 0: where samples go through depths or sizes in turn
     */
    Drawn draw(int units, int index, SeededRandom random);
}
