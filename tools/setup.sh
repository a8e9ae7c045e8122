#!/bin/sh
# Sets up what the suite needs: npm packages by the lockfile, missing Debian packages. Does nothing when all is there.
# In an installed package there is no lockfile: npm has done its part.
set -eu
cd "$(dirname "$0")/.."
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

say() { echo "setup: $*" >&2; }

# Each command that the suite runs, with the Debian package that brings it.
missing=''
need() {
  command -v "$1" >/dev/null 2>&1 || case " $missing " in *" $2 "*) ;; *) missing="$missing $2" ;; esac
}
need unshare util-linux
need setpriv util-linux
need mount mount
need ip iproute2
need ping iputils-ping
need tcpdump tcpdump
need tshark tshark
need udhcpc udhcpc
need dhclient isc-dhcp-client
need dhcpcd dhcpcd-base
need nft nftables
need networkctl systemd
need dbus-daemon dbus-daemon
need dnsmasq dnsmasq-base
# The pinned Node is linked with it.
ldconfig -p 2>/dev/null | grep -q 'libatomic\.so\.1' || missing="$missing libatomic1"
if [ -f package-lock.json ]; then
  need spin spin
  need gcc gcc
  need /usr/bin/python3 python3
  /usr/bin/python3 -c 'import cryptography' 2>/dev/null || missing="$missing python3-cryptography"
  [ -e /usr/include/stdio.h ] || missing="$missing libc6-dev"
fi

if [ -n "$missing" ]; then
  install="apt-get install -y --no-install-recommends$missing"
  if [ "$(id -u)" -ne 0 ]; then
    say "these Debian packages are missing:$missing"
    say "run as root: apt-get update && $install"
    exit 1
  fi
  if ! command -v apt-get >/dev/null 2>&1; then
    say "these packages are missing and there is no apt-get to install them:$missing"
    exit 1
  fi
  say "installing Debian packages:$missing"
  log=$(mktemp)
  # shellcheck disable=SC2086 # a list of package names
  if ! { apt-get update && DEBIAN_FRONTEND=noninteractive $install; } >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    rm -f "$log"
    say "could not install:$missing"
    exit 1
  fi
  rm -f "$log"
fi

[ -f package-lock.json ] || exit 0

stamp=node_modules/.setup-stamp
wanted=$(cksum <package-lock.json)
if [ ! -f "$stamp" ] || [ "$(cat "$stamp")" != "$wanted" ]; then
  say 'installing npm packages by package-lock.json'
  log=$(mktemp)
  if ! npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    say 'npm ci failed'
    exit 1
  fi
  rm -f "$log"
  printf '%s\n' "$wanted" >"$stamp"
fi

if [ ! -x node_modules/.bin/node ]; then
  say "there is no pinned Node for this machine ($(uname -sm)): Linux on x86-64 or arm64 is needed"
  exit 1
fi
