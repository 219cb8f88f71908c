#!/bin/sh
# Parses every shell script with the shell that its first line names, so that a slip shows before somebody needs it.
set -eu
cd "$(dirname "$0")/.."

git grep -lI --untracked -E '^#!(/bin/|/usr/bin/env )(ba)?sh' -- ':(exclude)*.md' ':(exclude)*.go' | while read -r file; do
	case $(head -n 1 "$file") in
	'#!/bin/sh' | '#!/usr/bin/env sh') sh -n "$file" ;;
	'#!/bin/bash' | '#!/usr/bin/env bash') bash -n "$file" ;;
	esac
done
