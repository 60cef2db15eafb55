package io.hayloft.kv.cache;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Positions of a head's slots: a run of consecutive ones as long as that is true, a table on the Java heap (4 bytes a
 * slot) after tokens were dropped between others.
 */
final class SlotPositions {
    private int first;
    private int count;
    private int expected;
    private int highest = -1;
    private int @Nullable [] table;

    int count() {
        return count;
    }

    int get(int slot) {
        return table == null ? first + slot : table[slot];
    }

    /** Whether slot i has position {@code get(0) + i}. */
    boolean consecutive() {
        return table == null;
    }

    /** Says how many slots there will be, so that a table has just their size. */
    void reserve(int slots) {
        expected = slots;
    }

    void add(int position) {
        if (count == 0 && table == null) {
            first = position;
        } else if (table == null && position != first + count) {
            table = expanded();
        }
        if (table != null) {
            if (count == table.length) {
                table = Arrays.copyOf(table, Math.max(16, count + count / 4));
            }
            table[count] = position;
        }
        count++;
        highest = Math.max(highest, position);
    }

    /** A position that none of the slots is above: the highest that was ever added. */
    int highest() {
        return highest;
    }

    /** Puts the last slot's position into a slot and drops the last slot. */
    void moveLastTo(int slot) {
        int last = count - 1;
        if (slot != last) {
            if (table == null) {
                table = expanded();
            }
            table[slot] = table[last];
        }
        count = last;
    }

    /** Drops the slots from this one on. */
    void truncate(int slots) {
        count = slots;
        if (slots == 0) {
            table = null; // whatever comes next is consecutive
            highest = -1;
            return;
        }
        highest = table == null ? first + slots - 1 : -1;
        for (int slot = 0; table != null && slot < slots; slot++) {
            highest = Math.max(highest, table[slot]);
        }
    }

    void removeFirst(int slots) {
        if (table != null) {
            System.arraycopy(table, slots, table, 0, count - slots);
        } else {
            first += slots;
        }
        count -= slots;
    }

    private int[] expanded() {
        var positions = new int[expected > count ? expected : count + 32];
        for (int i = 0; i < count; i++) {
            positions[i] = first + i;
        }
        return positions;
    }

    SlotPositions copy() {
        var copy = new SlotPositions();
        copy.first = first;
        copy.count = count;
        copy.highest = highest;
        copy.table = table == null ? null : Arrays.copyOf(table, count);
        return copy;
    }

    /** Heap bytes of the table, unused entries included; 0 as long as there is none. */
    long bytes() {
        return table == null ? 0 : (long) table.length * Integer.BYTES;
    }
}
