#!/bin/sh
# Spreads a run over the nodes of a Slurm cluster, and joins the parts when all are done:
#
#   OUT=/shared/my-run ./slurm-array.sh 16 --model llama3-8b --grid paper --tasks longbench --data /shared/longbench
#
# The first argument is the number of parts; all others are those of hayloft bench. What sbatch should know (cores, memory,
# partition, time) goes into SBATCH_OPTIONS. A part that was stopped goes on where it was when this is started again.
#SBATCH --job-name=hayloft
set -eu

if [ -n "${SLURM_ARRAY_TASK_ID:-}" ]; then
    parts=$1
    shift
    exec hayloft bench "$@" --quiet --threads "${SLURM_CPUS_PER_TASK:-1}" \
        --shard "$SLURM_ARRAY_TASK_ID/$parts" --out "$OUT/parts/$SLURM_ARRAY_TASK_ID"
fi

[ $# -ge 1 ] && [ -n "${OUT:-}" ] || {
    echo "usage: OUT=FOLDER $0 PARTS OPTIONS-OF-BENCH" >&2
    exit 2
}
command -v sbatch >/dev/null || {
    echo "$0: found no sbatch: start this on a Slurm cluster" >&2
    exit 1
}
mkdir -p "$OUT/parts"
export OUT
# One time for all parts: chat formats may print the date.
[ -f "$OUT/parts/clock" ] || date -u +%Y-%m-%dT%H:%M:%SZ >"$OUT/parts/clock"
# shellcheck disable=SC2086 # the options are words
array=$(sbatch --parsable --export=ALL --array="1-$1" ${SBATCH_OPTIONS:-} "$0" "$@" --clock "$(cat "$OUT/parts/clock")")
# shellcheck disable=SC2086
sbatch --job-name=hayloft-merge --dependency="afterok:$array" ${SBATCH_MERGE_OPTIONS:-} \
    --wrap="hayloft merge '$OUT/run' '$OUT'/parts/[0-9]*"
echo "job $array runs $1 parts below $OUT/parts; the whole run will be in $OUT/run"
