# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# bash offers.bash FILE: for each line of standard input what bash offers behind it by FILE, a
# line each, then an empty one.
set -u
# shellcheck source=/dev/null
. "$1"
while IFS= read -r line; do
	# As readline takes words apart.
	read -ra COMP_WORDS <<<"${line//=/ = }"
	[[ $line != *' ' ]] || COMP_WORDS+=("")
	COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
	_avow
	[ "${#COMPREPLY[@]}" -eq 0 ] || printf '%s\n' "${COMPREPLY[@]}"
	echo
done
