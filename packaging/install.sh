#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs the command inet256 and the service of a whole machine, or takes them away again.
#   sudo packaging/install.sh                    installs, and starts the service where systemd runs
#   sudo packaging/install.sh --uninstall        removes it; configuration and key stay
#   sudo packaging/install.sh --purge            removes those too
# PREFIX (/usr/local), SYSCONFDIR (/etc) and DESTDIR (nothing) say where to; with a DESTDIR nothing
# of the running system is touched. Needs Node 20.19 or newer in the path that services have, and
# `npm install` done before. Guards a configuration that is there: it is never overwritten.
set -eu
umask 022
cd "$(dirname "$0")/.."

PREFIX=${PREFIX:-/usr/local}
SYSCONFDIR=${SYSCONFDIR:-/etc}
DESTDIR=${DESTDIR:-}
SERVICE_PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin

lib=$PREFIX/lib/inet256
units=$PREFIX/lib/systemd/system
manuals=$PREFIX/share/man/man1
bash=$PREFIX/share/bash-completion/completions
zsh=$PREFIX/share/zsh/site-functions
fish=$PREFIX/share/fish/vendor_completions.d
group=inet256

say() { printf '%s\n' "$*" >&2; }
fail() { say "install.sh: $*"; exit 1; }
is_live() { [ -z "$DESTDIR" ] && [ -d /run/systemd/system ]; }

remove() {
  if is_live; then
    systemctl disable --now inet256.service inet256.socket || say "the service was not there"
  fi
  rm -rf "$DESTDIR$lib"
  rm -f "$DESTDIR$PREFIX/bin/inet256" "$DESTDIR$units/inet256.service" "$DESTDIR$units/inet256.socket"
  rm -rf "$DESTDIR$units/inet256.service.d"
  rm -f "$DESTDIR$bash/inet256" "$DESTDIR$zsh/_inet256" "$DESTDIR$fish/inet256.fish"
  rm -f "$DESTDIR$PREFIX/lib/sysusers.d/inet256.conf"
  rm -f "$DESTDIR$manuals"/inet256.1 "$DESTDIR$manuals"/inet256-*.1
  is_live && systemctl daemon-reload
  if [ "$1" = purge ]; then
    rm -rf "$DESTDIR$SYSCONFDIR/inet256" "$DESTDIR/var/lib/inet256" "$DESTDIR/var/lib/private/inet256"
  else
    say "kept: $DESTDIR$SYSCONFDIR/inet256 and, with the daemon's key, $DESTDIR/var/lib/inet256"
  fi
}

check_node() {
  found=$(PATH=$SERVICE_PATH command -v node) || fail "no node in $SERVICE_PATH, where services look"
  "$found" -e 'const [a, b] = process.versions.node.split(".").map(Number);
    process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' || fail "$found is too old: 20.19 or newer"
}

put_files() {
  [ -d node_modules/esbuild ] && [ -d apps/dist ] || fail "run npm install first"
  rm -rf "$DESTDIR$lib"
  node packaging/bundle/bundle.mjs --native --out "$DESTDIR$lib"
  install -d "$DESTDIR$PREFIX/bin"
  ln -sfn "$lib/inet256.mjs" "$DESTDIR$PREFIX/bin/inet256"
  command=$DESTDIR$lib/inet256.mjs
  install -d "$DESTDIR$bash" "$DESTDIR$zsh" "$DESTDIR$fish" "$DESTDIR$manuals"
  "$command" completion bash >"$DESTDIR$bash/inet256"
  "$command" completion zsh >"$DESTDIR$zsh/_inet256"
  "$command" completion fish >"$DESTDIR$fish/inet256.fish"
  node packaging/man/make.mjs "$DESTDIR$manuals"
}

put_service() {
  install -d "$DESTDIR$units" "$DESTDIR$PREFIX/lib/sysusers.d" "$DESTDIR$SYSCONFDIR/inet256"
  sed "s|/usr/local/bin/|$PREFIX/bin/|; s|/etc/inet256/|$SYSCONFDIR/inet256/|" \
    packaging/systemd/inet256.service >"$DESTDIR$units/inet256.service"
  install -m 0644 packaging/systemd/inet256.socket "$DESTDIR$units"
  install -m 0644 packaging/systemd/inet256.sysusers.conf "$DESTDIR$PREFIX/lib/sysusers.d/inet256.conf"
  rm -rf "$DESTDIR$units/inet256.service.d"
  if [ ! -d "$DESTDIR$lib/node_modules/koffi" ]; then
    # Only koffi reaches the socket that readiness is told to.
    say "no native code for this machine: the service counts as started as soon as it runs"
    install -d "$DESTDIR$units/inet256.service.d"
    printf '[Service]\nType=exec\n' >"$DESTDIR$units/inet256.service.d/no-readiness.conf"
  fi
  config=$DESTDIR$SYSCONFDIR/inet256/config.yml
  if [ -e "$config" ]; then
    say "kept: $config"
  else
    # The daemon makes its own key, in its state directory.
    "$command" create-config | sed 's|^private_key_path: |#&|' >"$config.new"
    chmod 0644 "$config.new"
    mv "$config.new" "$config"
  fi
}

start() {
  systemd-sysusers "$PREFIX/lib/sysusers.d/inet256.conf" || groupadd --force --system "$group"
  systemctl daemon-reload
  systemctl enable inet256.socket inet256.service
  systemctl restart inet256.socket inet256.service
  say "It runs. Who may call: usermod --append --groups $group NAME"
}

case "${1:-}" in
  --uninstall) remove keep ;;
  --purge) remove purge ;;
  "")
    check_node
    put_files
    put_service
    if is_live; then start; else say "installed; systemd does not run here, so nothing was started"; fi
    ;;
  *) fail "expected nothing, --uninstall or --purge" ;;
esac
