#!/bin/sh
# parallel.sh SHARDS SEEDS FOLDER [SELECTION…]: so many shards by GNU parallel, and what they come to in FOLDER/all.jsonl.
# HOSTS=user@one,user@two runs them there over ssh, one at a time on each, which uses all its cores. Program, scenarios and
# FOLDER are then to be at the same absolute paths on all machines, FOLDER on a disk that they share. Without HOSTS they run
# here. REDELIVERY names the program, if it is not in the path.
set -eu
shards=$1 seeds=$2 folder=$3
shift 3
program=${REDELIVERY:-redelivery}
# GNU parallel ends with the number of jobs that failed, up to 100: what they found the merge says.
seq "$shards" | parallel --sshlogin "${HOSTS:-:}" --workdir "$PWD" --jobs 1 --quote \
    "$program" sweep "$@" --seeds "$seeds" --shard "{}/$shards" --resume "$folder/shard-{}.jsonl" >&2 ||
    [ $? -le 100 ]
"$program" merge "$folder"/shard-*.jsonl --out "$folder/all.jsonl"
