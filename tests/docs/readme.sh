#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Does what README.md shows: of each block whose lines begin with "$ ", the commands, in the
# order of the file and from one directory to the next; and compares what they print. Of
# what is shown, "..." stands for any lines, and what differs from run to run is not compared.
# KTAP on standard output.
set -euo pipefail
top=$(cd -- "$(dirname -- "$0")/../.." && pwd)
export XDG_CACHE_HOME=${XDG_CACHE_HOME:-$HOME/.cache}

# shellcheck source=tests/command.sh
. "$top/tests/command.sh"

# Kernel versions (that of KERNEL=debug, too), names by mktemp, addresses, times and process numbers.
steady() {
	sed -E -e 's/[0-9]+\.[0-9]+\.[0-9]+((-[0-9]+)?(-[a-z0-9]+)*-amd64|-avow-debug-[0-9a-f]+)/KERNEL/g' \
		-e 's/(plugin)-[A-Za-z0-9]{6}/\1-NAME/g' -e 's/0x7f[0-9a-f]{6,10}/ADDRESS/g' \
		-e 's/[0-9.]+ MiB for enclaves/SIZE for enclaves/' -e 's/[ ]+$//' "$@"
}

# shown FILE SHOWN: is FILE what is shown?
shown() {
	awk '
		FNR == NR { want[n++] = $0; next }
		{ have[m++] = $0 }
		# Do the lines from i on stand at the lines from j on?
		function fits(i, j) {
			for (; i < n; i++) {
				if (want[i] == "...") {
					for (; j <= m; j++)
						if (fits(i + 1, j))
							return 1
					return 0
				}
				if (j >= m || want[i] != have[j++])
					return 0
			}
			return j == m
		}
		END { exit !fits(0, 0) }
	' <(steady "$2") <(steady "$1")
}

# The commands of the blocks, each with the lines that follow it: 1, 2, ... in a directory.
blocks() {
	awk -v dir="$1" '
		/^```/ { inside = !inside; n_of_block = 0; next }
		inside && /^\$ / { file = dir "/" ++n; n_of_block++; print substr($0, 3) >(file ".command"); printf "" >(file ".shown"); next }
		inside && n_of_block { print >(file ".shown") }
		END { print n }
	' "$top/README.md"
}

export HOME=$work
mkdir "$work/blocks"
total=$(blocks "$work/blocks")
cd "$top"
echo "KTAP version 1"
for ((i = 1; i <= total; i++)); do
	command=$(cat "$work/blocks/$i.command")
	eval "$command" >"$work/out" 2>&1 </dev/null || true
	cp "$work/blocks/$i.shown" "$work/err"
	check "$command" shown "$work/out" "$work/blocks/$i.shown"
done
[ "$total" -gt 0 ]
echo "1..$count"
