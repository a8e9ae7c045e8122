#!/bin/sh
# First process inside the enclosure: private mounts, loopback, then the command given.
# Everything mounted here vanishes with the mount namespace.
set -e
# Whatever fails here is no verdict on anything: 3 is "incomplete".
trap 'echo "cannot set up the enclosure" >&2; exit 3' EXIT
mount -t tmpfs -o mode=0755 tmpfs /run
mkdir -p /run/netns /run/etc /run/tmp
chmod 1777 /run/tmp
cp -a /etc/. /run/etc/ 2>/dev/null || :
# A symbolic link into the hidden /run could not be bound over by `ip netns exec`.
rm -f /run/etc/resolv.conf
: >/run/etc/resolv.conf
# Those of a namespace are bound over it: minimal images lack it.
touch /run/etc/hosts
mkdir -p /run/etc/netns
mount --bind /run/etc /etc
for state in /var/lib/dhcp /var/lib/dhcpcd; do
  if [ -d "$state" ]; then mount -t tmpfs tmpfs "$state"; fi
done
ip link set lo up
export TMPDIR=/run/tmp PNA_ENCLOSED=1
trap - EXIT
exec "$@"
