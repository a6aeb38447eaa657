#!/bin/sh
# Builds .venv for `make demo` or `make test`: sh tools/setup.sh demo|test
#
# Does nothing when .venv is up to date. What it needs from the system it installs where it may (root on
# Debian or Ubuntu); elsewhere it prints the line to type and stops. An install that was cut short is
# started over, and two at once wait for each other.
set -eu

cd "$(dirname "$0")/.."
. tools/system.sh

goal=${1:?demo or test}
here=$(pwd -P)
wanted="$(cksum <pyproject.toml) $here"
extra=
case $goal in
    test) extra='[test]' ;;
    demo) extra='[statistics]' ;; # what is computed over the record of attacks stands beside what is claimed
esac

[ -w "${HOME:-/nowhere}" ] || export PIP_NO_CACHE_DIR=1

# A stamp says which pyproject.toml, in which folder, .venv was filled for; `test` holds all that `demo` needs.
up_to_date() {
    for stamp in "$goal" test; do
        [ -x .venv/bin/python ] && [ "$(cat ".venv/.stamp-$stamp" 2>/dev/null)" = "$wanted" ] && return 0
    done
    return 1
}

up_to_date && exit 0

if command -v flock >/dev/null; then
    exec 9<Makefile
    flock 9
    up_to_date && exit 0
fi

suits() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
    if [ -n "${PYTHON:-}" ]; then
        suits "$PYTHON" || stop "PYTHON=$PYTHON is not a Python of version 3.11 or newer"
        python=$PYTHON
        return
    fi
    for python in python3 python3.14 python3.13 python3.12 python3.11; do
        suits "$python" && return
    done
    stop "no Python of version 3.11 or newer was found." \
        "Install one (Debian 12, Ubuntu 24.04 or newer: apt-get install python3 python3-venv)," \
        "or name it: make $goal PYTHON=/path/to/python3.12"
}

sound() { # a .venv made here, that runs, with pip, whose last install was not cut short
    [ ! -e .venv/.installing ] && suits .venv/bin/python &&
        .venv/bin/python -c 'import pip' 2>/dev/null &&
        [ "$(cat .venv/.made-in 2>/dev/null || echo "$here")" = "$here" ]
}

makes_venvs() { "$python" -c 'import ensurepip, venv' 2>/dev/null; }

make_venv() {
    find_python
    say "making .venv with $("$python" --version)"
    rm -rf .venv
    # Debian and Ubuntu ship Python without ensurepip; a pip that is there already does as well.
    if ! makes_venvs && "$python" -c 'import pip, venv' 2>/dev/null &&
        "$python" -m venv --without-pip .venv &&
        "$python" -m pip --python .venv/bin/python install --quiet pip </dev/null; then
        :
    else
        rm -rf .venv
        if ! makes_venvs; then
            version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
            system_install "Python $version cannot make virtual environments yet" "python$version-venv"
            makes_venvs || stop "$python still cannot make virtual environments; try: make $goal PYTHON=another"
        fi
        "$python" -m venv .venv
    fi
    echo "$here" >.venv/.made-in
}

sound || make_venv

say "installing tocsin$extra into .venv"
rm -f .venv/.stamp-*
: >.venv/.installing
# Settings of the person's own pip that would lead out of .venv, or ask questions, do not apply.
PIP_USER=0 PIP_NO_INPUT=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore \
    .venv/bin/python -m pip install --quiet --editable ".$extra" </dev/null ||
    stop "the install did not finish (see above). Is the package index reachable? Then: make $goal"
rm -f .venv/.installing
echo "$wanted" >".venv/.stamp-$goal"
