#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Links of the documents to files that are not there, and options of ./dev that no --help names.
set -euo pipefail
cd -- "$(dirname -- "$0")/../.."

while IFS=: read -r file link; do
	target=$(dirname -- "$file")/${link%%#*}
	[ -e "$target" ] || echo "$file: no $link"
done < <(grep -oE '\]\([^):]+\)' -- *.md docs/*.md | sed -E 's/\]\(([^)]*)\)$/\1/' | grep -vE ':#')

declare -A help=()
# An option may be of the command whose line it is on, or of the program behind "--".
while IFS=: read -r file line; do
	read -r command _ <<<"${line#./dev }"
	[ -n "${help[$command]-}" ] || help[$command]=$(./dev "$command" --help 2>/dev/null) || {
		echo "$file: there is no ./dev $command"
		continue
	}
	while read -r option; do
		grep -qE -- "(^|[ ,])$option([ ,=]|\$)" <<<"${help[$command]}" || echo "$file: ./dev $command has no $option"
	done < <(grep -oE ' --[a-z][a-z-]*' <<<"${line%% -- *}" | tr -d ' ')
done < <(grep -oE '\./dev [a-z][^`#;|)]*' -- *.md docs/*.md docs/ci/*)
