#!/bin/sh
# A Chromium for the tests of the pages, and what Playwright needs to drive it: the system's, or else one that
# Playwright fetches. Never fails: without them those tests are skipped and say so (with CI=true a skipped test is a
# failure).
set -eu

cd "$(dirname "$0")/.."
. tools/system.sh

there() { .venv/bin/python tests/browser.py >/dev/null 2>&1; }
driver_runs() { .venv/bin/python -m playwright --version >/dev/null 2>&1; }

there && exit 0

# Playwright brings a Node that needs this library; a bare system lacks it.
driver_runs || apt_install libatomic1 || true
there && exit 0

# Ubuntu's package of that name only points to a snap, which does not run everywhere; Debian's is the browser.
if ! grep -qi '^ID=ubuntu' /etc/os-release 2>/dev/null; then
    apt_install chromium || true
    there && exit 0
fi
if [ "$(id -u)" = 0 ] && has_apt; then
    say "fetching a Chromium with Playwright"
    PLAYWRIGHT_BROWSERS_PATH="$(pwd -P)/.venv/browsers" .venv/bin/playwright install --with-deps chromium \
        </dev/null >.venv/browser.log 2>&1 || say "that failed; .venv/browser.log says why"
    there && exit 0
fi
say "The tests of the pages will be skipped: $(.venv/bin/python tests/browser.py 2>&1 >/dev/null || true)"
say "To have them, type one of"
say "  sudo apt-get update && sudo apt-get install -y chromium libatomic1       (Debian)"
say "  .venv/bin/playwright install --with-deps chromium                        (Ubuntu and others)"
say "or name the browser: make test TOCSIN_TEST_CHROMIUM=/path/to/chromium"
