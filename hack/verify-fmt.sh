#!/bin/sh
# Fails if gofmt -l lists a file; gofmt itself exits 0 then.
set -eu
cd "$(dirname "$0")/.."

files=$(gofmt -s -l .)
[ -z "$files" ] && exit 0
printf '%s\n' "$files" 'error: not formatted' 'hint: make fmt' >&2
exit 1
