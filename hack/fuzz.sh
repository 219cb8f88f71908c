#!/bin/sh
# Runs every fuzz target for DURATION. `go test -fuzz` accepts one target of one package, so each has its own run.
# Minimizing an input can take a minute, during which no new input is tried, so it is limited to 20 executions.
# usage: hack/fuzz.sh DURATION
set -eu
cd "$(dirname "$0")/.."

for module in . test/formats; do
	(cd "$module" && go list -f '{{.ImportPath}} {{.Dir}}' ./...) | while read -r pkg dir; do
		for file in "$dir"/*_test.go; do
			[ -f "$file" ] || continue
			for target in $(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' "$file"); do
				echo "$pkg $target" >&2
				(cd "$module" && go test -run='^$' -fuzz="^$target\$" -fuzztime="$1" -fuzzminimizetime=20x "$pkg" </dev/null)
			done
		done
	done
done
