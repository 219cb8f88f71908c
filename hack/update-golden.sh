#!/bin/sh
# Updates all golden files. A test binary rejects unknown flags, so -update is passed only to packages that define it:
# in their tests, or in a package that their tests import. A flag in a test file is defined for its own package only.
set -eu
cd "$(dirname "$0")/.."

defines() { # FILE...: does any of these Go files define -update?
	grep -qsE 'flag\.Bool(Var)?\(.*"update"' "$@"
}

packages() { go list -f '{{.ImportPath}} {{.Dir}}' ./...; }

own=$(packages | while read -r pkg dir; do
	if defines "$dir"/*.go; then echo "$pkg"; fi
done)
shared=$(packages | while read -r pkg dir; do
	if find "$dir" -maxdepth 1 -name '*.go' ! -name '*_test.go' -exec cat {} + | defines -; then echo "$pkg"; fi
done)
[ -n "$own" ] || exit 0

go list -f '{{.ImportPath}} {{join .TestImports " "}} {{join .XTestImports " "}}' ./... |
	awk -v own="$own" -v shared="$shared" '
		BEGIN { split(own, o, "\n"); for (i in o) has[o[i]] = 1; split(shared, s, "\n"); for (i in s) gives[s[i]] = 1 }
		{ if ($1 in has) { print $1; next } for (i = 2; i <= NF; i++) if ($i in gives) { print $1; next } }' |
	xargs sh -c 'go test -count=1 "$@" -update' update-golden
