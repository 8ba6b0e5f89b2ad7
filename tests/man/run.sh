#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# run.sh AVOW DIRECTORY: each verb that AVOW --help has has a manual page in DIRECTORY, which
# names its options and no others; KTAP.
set -euo pipefail
here=$(cd -- "$(dirname -- "$0")" && pwd)
avow=$1 pages=$2
# shellcheck source=tests/cli/help.sh
. "$here/../cli/help.sh"
# shellcheck source=tests/command.sh
. "$here/../command.sh"

# The options that a page has an entry for.
page_options() {
	sed -n '/^\.Sh OPTIONS/,/^\.El/p' "$1" | sed -n 's/^\.It Fl //p' | sed 's/ , Fl /\n/g' |
		sed -E 's/ .*//; s/^/-/' | words
}

has_page() {
	local verb=$1 page=$pages/avow-$1.1 got want
	[ -r "$page" ] || { echo "there is no $page"; return 1; }
	got=$(page_options "$page")
	want=$({ help_options "$verb"; ! [ "$verb" = policy ] || policy_options; echo --help; } | words)
	[ "$got" = "$want" ] || { printf 'it has %s\nand not %s\n' "$got" "$want"; return 1; }
	grep -qx "\.It Xr avow-$verb 1" "$pages/avow.1" || { echo "avow(1) does not name it"; return 1; }
}

policy_options() {
	local verb
	for verb in $(help_verbs policy); do
		help_options policy "$verb"
		grep -q "^\.It Cm $verb\b" "$pages/avow-policy.1" || { echo "no $verb in avow-policy(1)" >&2; echo none; }
	done
}

# No page of a verb that is not.
no_others() {
	local page
	for page in "$pages"/avow-*.1; do
		page=${page##*/avow-}
		help_verbs | grep -qx "${page%.1}" || { echo "$page"; return 1; }
	done
}

# As man(1) shows them, in a terminal of 80 columns.
renders() {
	local page
	for page in "$pages"/*.[0-9]; do
		MANWIDTH=80 man --warnings -l "$page" >"$work/page" 2>"$work/err"
		cat "$work/err"
		if [ -s "$work/err" ] || [ "$(wc -l <"$work/page")" -le 15 ]; then
			echo "$page"
			return 1
		fi
	done
}

echo "KTAP version 1"
for verb in $(help_verbs); do
	check "avow-$verb(1): its options" has_page "$verb"
done
check "no page without a verb" no_others
check "man renders all pages without a warning" renders
echo "1..$count"
