#!/bin/sh
# Parses every shell script with the shell in its first line, so that syntax errors are found before it runs.
set -eu
cd "$(dirname "$0")/.."

git grep -lI --untracked -E '^#!(/bin/|/usr/bin/env )(ba)?sh' -- ':(exclude)*.md' ':(exclude)*.go' | while read -r file; do
	case $(head -n 1 "$file") in
	'#!/bin/sh' | '#!/usr/bin/env sh') sh -n "$file" ;;
	'#!/bin/bash' | '#!/usr/bin/env bash') bash -n "$file" ;;
	esac
done
