#!/bin/sh
# An nginx for the tests of deploy/: the system's. Never fails: without it those tests are skipped and say so (with
# CI=true a skipped test is a failure).
set -eu

cd "$(dirname "$0")/.."
. tools/system.sh

there() { .venv/bin/python tests/deploy/web_server.py >/dev/null 2>&1; }

there && exit 0

if ! command -v nginx >/dev/null && [ ! -e /usr/sbin/nginx ] && apt_install nginx; then
    # The package starts a server of its own, which nobody asked for; the tests start theirs themselves.
    [ ! -d /run/systemd/system ] || systemctl --quiet disable --now nginx || true
fi
there && exit 0

say "The tests of deploy/ will be skipped: $(.venv/bin/python tests/deploy/web_server.py 2>&1 >/dev/null || true)"
say "To have them, type"
say "  sudo apt-get update && sudo apt-get install -y nginx       (Debian, Ubuntu)"
say "or name it: make test TOCSIN_TEST_NGINX=/path/to/nginx"
