#!/bin/sh
# Starts or resumes training in the background. Usage: train.sh CACHE_DIR [RUN] [more options of train.py]
# Stop with: kill $(cat CACHE_DIR/train.pid)   or: touch CACHE_DIR/RUN/stop
# PYTHON names the interpreter with torch (default /usr/bin/python3).
set -eu
cache=$1
run=${2:-conv}
shift; [ $# -gt 0 ] && shift
here=$(cd "$(dirname "$0")" && pwd)
if [ -f "$cache/train.pid" ] && kill -0 "$(cat "$cache/train.pid")" 2>/dev/null; then
  echo "already running: $(cat "$cache/train.pid")"; exit 1
fi
mkdir -p "$cache/$run"
rm -f "$cache/$run/stop"
cd "$here/speech"
# Blocks handed back to the system and faulted in again cost more than the arithmetic; threads that
# spin while other work has the core cost two thirds of the speed.
export MALLOC_MMAP_THRESHOLD_=4294967296 MALLOC_TRIM_THRESHOLD_=17179869184 MALLOC_ARENA_MAX=2
export OMP_WAIT_POLICY=PASSIVE
OMP_NUM_THREADS=${THREADS:-2} setsid nohup nice -n 19 "${PYTHON:-/usr/bin/python3}" train.py \
  --cache "$cache" --name "$run" "$@" >> "$cache/$run/train.log" 2>&1 < /dev/null &
echo "started: $cache/$run/train.log"
