#!/bin/sh
# Runs a command in the directory of every Go module, because `./...` does not match packages of nested modules.
# usage: hack/each-module.sh all|code COMMAND...   (code: only modules with packages; hack/tools has none)
set -eu
cd "$(dirname "$0")/.."
which=$1
shift

git ls-files --cached --others --exclude-standard -- go.mod '*/go.mod' | sort -u | while read -r mod; do
	[ -f "$mod" ] || continue # deleted, not yet committed
	dir=$(dirname "$mod")
	if [ "$which" = code ] && [ -z "$(cd "$dir" && go list ./... 2>/dev/null)" ]; then continue; fi
	echo "$dir: $*" >&2
	(cd "$dir" && "$@") </dev/null
done
