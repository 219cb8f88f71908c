#!/bin/sh
# Looks at what is staged or committed: nothing binary, nothing out of a credentials folder, no private key.
# Keys and credentials below a testdata folder are marked TEST ONLY and are meant to be there.
set -eu
cd "$(dirname "$0")/.."

nothing=$(git hash-object -t tree /dev/null)
binaries=$(git diff --cached --numstat "$nothing" | awk -F '\t' '$1 == "-" { print "binary: " $3 }')
credentials=$(git ls-files -- ':(glob)**/credentials/**' ':(exclude,glob)**/testdata/**' | sed 's/^/credential: /')
keys=$(git grep --cached -lE '^-----BEGIN [A-Z ]*PRIVATE KEY-----' -- . ':(exclude,glob)**/testdata/**' | sed 's/^/private key: /')

if [ -n "$binaries$credentials$keys" ]; then
	printf '%s\n' "$binaries" "$credentials" "$keys" | sed '/^$/d' >&2
	echo 'error: these files do not belong in git' >&2
	exit 1
fi
