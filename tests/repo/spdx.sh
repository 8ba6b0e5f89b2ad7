#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Each tracked file has an SPDX line with the licence that its place asks for.
# Prints the files that have not; exit status 1 if there are any.
set -euo pipefail
cd -- "$(dirname -- "$0")/../.."

wanted() {	# wanted FILE: the licence, or a choice of them as a regular expression
	case $1 in
	LICENSES/* | *.md | docs/maps.png) echo none ;;
	# Their formats know no comments; debian/copyright names their licence.
	debian/changelog | debian/copyright | debian/source/format) echo none ;;
	include/uapi/*) echo 'GPL-2.0-only WITH Linux-syscall-note' ;;
	core/*) echo 'GPL-2.0-only OR LGPL-2.1-or-later' ;;
	kmod/* | Kbuild | tests/vm/self/leaky/* | tests/vm/self/faulty/* | tests/denier/* | tests/shadow/* | tests/failing/* | bench/floor/* | bench/intree/*) echo 'GPL-2.0-only' ;;
	# Each world's own: the kernel's and BPF's part, and that for programs.
	bpf/* | env/kernel/* | env/bpf/*) echo 'GPL-2.0-only|GPL-2.0-only OR LGPL-2.1-or-later' ;;
	env/* | tests/cases/* | tests/core/*) echo 'LGPL-2.1-or-later|GPL-2.0-only OR LGPL-2.1-or-later' ;;
	*) echo 'LGPL-2.1-or-later' ;;
	esac
}

status=0
while IFS= read -r -d '' file; do
	licence=$(wanted "$file")
	if [ "$licence" = none ] || [ ! -f "$file" ]; then
		continue
	fi
	if ! head -n 3 "$file" | grep -qE "SPDX-License-Identifier: ($licence)( \*/)?( -->)?$"; then
		echo "$file: no line 'SPDX-License-Identifier: ${licence//|/ or }' at its start"
		status=1
	fi
done < <(git ls-files -z)
exit "$status"
