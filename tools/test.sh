#!/bin/sh
# The checks and then the tests, all of them even if one fails: sh tools/test.sh [ARGS for pytest]
set -u

cd "$(dirname "$0")/.."
. tools/system.sh

failed=
for check in lint types layers; do
    say "== $check"
    "${MAKE:-make}" "$check" || failed="$failed $check"
done
[ -z "$failed" ] || say "== failed so far:$failed"

say "== tests"
.venv/bin/python -m pytest --numprocesses "${JOBS:-2}" --dist loadgroup "$@" || failed="$failed tests"

[ -z "$failed" ] && exit 0
say "Failed:$failed"
exit 1
