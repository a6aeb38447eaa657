# Read by the other scripts: how to speak to the person, and how to ask the system for a package.

say() { printf '%s\n' "$*" >&2; }

stop() { # stop LINE...: say why and end
    say "Stopped: $1"
    shift
    for line in "$@"; do say "  $line"; done
    exit 1
}

has_apt() { command -v apt-get >/dev/null && [ -r /etc/debian_version ]; }

apt_install() { # apt_install PACKAGE...: as root on Debian or Ubuntu, without a question
    [ "$(id -u)" = 0 ] && has_apt || return 1
    say "installing $* with apt-get"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq </dev/null >&2 || say "apt-get update failed; going on with the lists that are there"
    apt-get install -y -qq --no-install-recommends "$@" </dev/null >/dev/null
}

system_install() { # system_install WHY PACKAGE: install it, or stop with the line to type
    apt_install "$2" && return
    if has_apt; then
        stop "$1. Type this, then start again:" "sudo apt-get update && sudo apt-get install -y $2"
    fi
    stop "$1, and this is not Debian or Ubuntu. Install what $2 is called on this system, then start again."
}
