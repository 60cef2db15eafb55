package io.hayloft.kv.cache;

/** Keys that are all stored in one format, each by itself. */
final class PlainKeys extends PlainTokens implements KeyStore {
    PlainKeys(BlockFormat format, BlockMemory memory) {
        super(format, memory);
    }

    @Override
    public void prepareQueries(float[] q, int at, int rows) {
        format.prepareQueries(q, at, rows);
    }

    @Override
    public boolean preparesQueries() {
        return format.rotates();
    }

    @Override
    public void addScores(BlockScratch scratch, int number, float[] out, int outAt, int outStride) {
        format.addScores(scratch, segment(number), offset(number), out, outAt, outStride);
    }

    @Override
    public PlainKeys fork(BlockMemory memory) {
        var fork = new PlainKeys(format, memory);
        fork.take(this, true);
        return fork;
    }

    @Override
    public PlainKeys copy(BlockMemory memory) {
        var copy = new PlainKeys(format, memory);
        copy.take(this, false);
        return copy;
    }
}
