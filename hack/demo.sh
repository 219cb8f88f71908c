#!/bin/sh
# Demonstrates the plugin in a minute: two clusters and one mesh.yaml, without a cluster and without network access.
# Works on a copy, so that no rendered file and no credential, not even a fake one, appears in the repository.
set -eu
cd "$(dirname "$0")/.."

bin=${BIN:-$PWD/bin} # where kubectl-mesh is
umask 077
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT TERM PIPE

say() { printf '\n$ %s\n' "$*"; }

cp -R examples/two-clusters/. "$tmp"
cd "$tmp"
for pair in east/west west/east; do
	mkdir -p "credentials/$pair"
	echo FAKE-TOKEN-FOR-THE-DEMO >"credentials/$pair/token"
done

say cat mesh.yaml
cat mesh.yaml

say kubectl mesh ca init --insecure-no-passphrase
"$bin/kubectl-mesh" ca init --insecure-no-passphrase

say kubectl mesh ca issue --all
"$bin/kubectl-mesh" ca issue --all

say kubectl mesh render --output-dir deploy
"$bin/kubectl-mesh" render --output-dir deploy

say find deploy -type f
find deploy -type f | sort

say kubectl mesh render --cluster east --secrets=mask
"$bin/kubectl-mesh" render --cluster east --secrets=mask

# The copy is removed. A real mesh starts in a directory of its own.
printf '\nnext: kubectl mesh init\n'
