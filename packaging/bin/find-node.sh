# Sets `root`, the folder of the package, and `node`, the Node that runs it: the pinned one that npm has installed beside it,
# or the machine's own if it is new enough.
self=$0
[ ! -L "$self" ] || self=$(readlink -f -- "$self")
root=$(CDPATH='' cd -- "${self%/*}/.." && pwd -P)
case $(uname -m) in
  aarch64) machine=arm64 ;;
  *) machine=x64 ;;
esac
node=
folder=$root
while [ -n "$folder" ]; do
  node=$folder/node_modules/node-linux-$machine/bin/node
  [ ! -x "$node" ] || break
  node=
  folder=${folder%/*}
done
if [ -z "$node" ]; then
  found=$(command -v node || :)
  version=$([ -z "$found" ] || "$found" --version)
  version=${version#v}
  minor=${version#*.}
  # 26.4 is the first with net.BoundSocket.
  if [ "${version%%.*}" -gt 26 ] 2>/dev/null ||
    { [ "${version%%.*}" = 26 ] && [ "${minor%%.*}" -ge 4 ]; } 2>/dev/null; then
    node=$found
  else
    echo "${self##*/}: Node 26.4 or newer is needed, and npm has not installed it (found: ${version:-none}): install without --omit=optional, on Linux on x86-64 or arm64" >&2
    exit 3
  fi
fi
