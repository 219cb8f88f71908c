#!/bin/sh
# Rejects staged or committed binary files, private keys, and files in credentials directories.
# Keys and credentials in testdata directories are marked TEST ONLY and accepted.
set -eu
cd "$(dirname "$0")/.."

nothing=$(git hash-object -t tree /dev/null)
binaries=$(git diff --cached --numstat "$nothing" | awk -F '\t' '$1 == "-" { print "binary: " $3 }')
credentials=$(git ls-files -- ':(glob)**/credentials/**' ':(exclude,glob)**/testdata/**' | sed 's/^/credential: /')
keys=$(git grep --cached -lE '^-----BEGIN [A-Z ]*PRIVATE KEY-----' -- . ':(exclude,glob)**/testdata/**' | sed 's/^/private key: /')

if [ -n "$binaries$credentials$keys" ]; then
	printf '%s\n' "$binaries" "$credentials" "$keys" | sed '/^$/d' >&2
	echo 'error: these files must not be committed' >&2
	exit 1
fi
