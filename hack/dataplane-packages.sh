#!/bin/sh
# Installs the Debian packages that `make dataplane-e2e` requires. Exits 1 if the tests cannot run on this machine: without
# root, namespaces or apt-get.
set -eu

[ "$(id -u)" = 0 ] && unshare --net --mount --pid --fork true || exit 1

packages=
need() { command -v "$1" >/dev/null || packages="$packages $2"; }
need ip iproute2
need iptables-restore iptables
need setpriv util-linux
need mount mount
need sysctl procps
need curl curl
need kubectl kubernetes-client
python3 -m pip --version >/dev/null 2>&1 || packages="$packages python3-pip"
[ -n "$packages" ] || exit 0

command -v apt-get >/dev/null || exit 1
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
# shellcheck disable=SC2086 # a list
apt-get install -qq --no-install-recommends $packages
