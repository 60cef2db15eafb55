package io.hayloft.kv.cache;

/** Which query heads a kernel computes together: up to four, because their sums have to fit the registers. */
final class HeadGroups {
    private HeadGroups() {}

    /** How many of the heads that are left come next: 5 are split 3 + 2 and 6 are split 3 + 3. */
    static int next(int left) {
        return left <= 4 ? left : left <= 6 ? 3 : 4;
    }
}
