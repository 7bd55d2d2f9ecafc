#!/bin/sh
# sbatch --array=1-4 slurm.sh 0..10000: a shard for each task of the array, in a folder that all nodes see. Afterwards:
#   redelivery merge shard-*.jsonl --out all.jsonl
# Arguments are the seeds, and then what is swept. REDELIVERY names the program, if it is not in the path.
#SBATCH --job-name=redelivery-sweep
#SBATCH --output=shard-%a.log
#SBATCH --requeue
seeds=$1
shift
"${REDELIVERY:-redelivery}" sweep "$@" --seeds "$seeds" --shard auto --resume "shard-$SLURM_ARRAY_TASK_ID.jsonl"
code=$?
# 1 is a failure that was found, and 3 a limit that was hit: the merge says both.
[ $code -eq 1 ] || [ $code -eq 3 ] || exit $code
