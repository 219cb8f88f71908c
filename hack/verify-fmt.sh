#!/bin/sh
# gofmt -l lists files and succeeds all the same; here a listed file is a failure.
set -eu
cd "$(dirname "$0")/.."

files=$(gofmt -s -l .)
[ -z "$files" ] && exit 0
printf '%s\n' "$files" 'error: not formatted' 'hint: make fmt' >&2
exit 1
