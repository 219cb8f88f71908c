#!/bin/sh
# Runs go generate on a copy of the working tree, committed or not, and compares. The working tree is not changed.
set -eu
cd "$(dirname "$0")/.."

git grep -qI --untracked '^//go:generate ' -- '*.go' || exit 0

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT TERM

# A second index makes git copy the files, including untracked files and excluding ignored ones.
export GIT_INDEX_FILE="$tmp/index"
git add --all
git checkout-index --all --prefix="$tmp/want/"
git checkout-index --all --prefix="$tmp/got/"
unset GIT_INDEX_FILE

(cd "$tmp/got" && go generate ./...)
if ! (cd "$tmp" && diff -ru want got) >&2; then
	echo 'error: generated files are not current' >&2
	echo 'hint: make generate' >&2
	exit 1
fi
