#!/bin/sh
# Runs every fuzz target for a while. `go test -fuzz` takes one target of one package, so each has its own run.
# usage: hack/fuzz.sh DURATION
set -eu
cd "$(dirname "$0")/.."

go list -f '{{.ImportPath}} {{.Dir}}' ./... | while read -r pkg dir; do
	for file in "$dir"/*_test.go; do
		[ -f "$file" ] || continue
		for target in $(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' "$file"); do
			echo "$pkg $target" >&2
			go test -run='^$' -fuzz="^$target\$" -fuzztime="$1" "$pkg" </dev/null
		done
	done
done
