package io.hayloft.kv.cache;

/** Values that are all stored in one format, each by itself. */
final class PlainValues extends PlainTokens implements ValueStore {
    PlainValues(BlockFormat format, BlockMemory memory) {
        super(format, memory);
    }

    @Override
    public void addValues(BlockScratch scratch, int number, int tokens) {
        format.addValues(scratch, segment(number), offset(number), tokens);
    }

    @Override
    public void finishOutputs(float[] out, int at, int rows) {
        format.finishOutputs(out, at, rows);
    }

    @Override
    public boolean finishesOutputs() {
        return format.rotates();
    }

    @Override
    public int sumGroups() {
        return format.sumGroups();
    }

    @Override
    public int sumGroupChannels() {
        return format.sumGroupChannels();
    }

    @Override
    public PlainValues fork(BlockMemory memory) {
        var fork = new PlainValues(format, memory);
        fork.take(this, true);
        return fork;
    }

    @Override
    public PlainValues copy(BlockMemory memory) {
        var copy = new PlainValues(format, memory);
        copy.take(this, false);
        return copy;
    }
}
