#!/bin/sh
# A C compiler for the test of the stream's bench. Never fails: without one that test is skipped and says so (with
# CI=true a skipped test is a failure).
set -eu

cd "$(dirname "$0")/.."
. tools/system.sh

there() { echo 'int main(void) { return 0; }' | cc -x c -o /dev/null - 2>/dev/null; }

there && exit 0
apt_install gcc libc6-dev || true
there || say "The test of the bench in C will be skipped. To have it: sudo apt-get install -y gcc libc6-dev"
