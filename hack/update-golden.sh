#!/bin/sh
# Writes all golden files anew. A test binary refuses a flag it does not know, so -update goes only to the packages
# that have it: those whose tests define it, and those whose tests import a package that does.
set -eu
cd "$(dirname "$0")/.."

has_flag() { # DIR: does any Go file there define -update?
	grep -qsE 'flag\.Bool(Var)?\(.*"update"' "$1"/*.go
}

definers=$(go list -f '{{.ImportPath}} {{.Dir}}' ./... | while read -r pkg dir; do
	if has_flag "$dir"; then echo "$pkg"; fi
done)
[ -n "$definers" ] || exit 0

go list -f '{{.ImportPath}} {{.ImportPath}} {{join .TestImports " "}} {{join .XTestImports " "}}' ./... |
	awk -v definers="$definers" '
		BEGIN { split(definers, d, "\n"); for (i in d) has[d[i]] = 1 }
		{ for (i = 2; i <= NF; i++) if ($i in has) { print $1; next } }' |
	xargs sh -c 'go test -count=1 "$@" -update' update-golden
