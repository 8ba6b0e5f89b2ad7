#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# run.sh AVOW DIRECTORY: each verb and option that AVOW --help has, and no other, is offered by
# the completion files in DIRECTORY, in bash, zsh and fish; KTAP.
set -euo pipefail
here=$(cd -- "$(dirname -- "$0")" && pwd)
avow=$1 files=$2
# shellcheck source=tests/cli/help.sh
. "$here/../cli/help.sh"
# shellcheck source=tests/command.sh
. "$here/../command.sh"

# What each shell offers behind the lines of standard input.
offers() {
	case $1 in
	bash) bash "$here/offers.bash" "$files/avow.bash" ;;
	zsh) zsh -f "$here/offers.zsh" "$files" "$work" ;;
	fish) while IFS= read -r line; do
		fish --no-config -c "source '$files/avow.fish'; complete -C '$line'" </dev/null | cut -f 1
		echo
	done ;;
	esac
}

# Verbs and options of all help texts, as "LINE<tab>WORD WORD..."; what to press behind LINE.
expected() {
	local verb below
	printf 'avow \t%s\n' "$(help_verbs | words)"
	for verb in $(help_verbs); do
		below=$(help_verbs "$verb" | words)
		[ "$verb" = policy ] || below=
		[ -z "$below" ] || printf 'avow %s \t%s\n' "$verb" "$below"
		printf 'avow %s -\t%s\n' "$verb" "$(all_options "$verb")"
		for below in $below; do
			printf 'avow %s %s -\t%s\n' "$verb" "$below" "$(all_options "$verb" "$below")"
		done
	done
}

# offered SHELL: as expected, no more and no less.
offered() {
	local line want got word status=0
	cut -f 1 "$work/expected" | offers "$1" >"$work/offers"
	while IFS=$'\t' read -r line want; do
		got=
		while IFS= read -r word && [ -n "$word" ]; do
			got+="${word%=}"$'\n'
		done <&3
		got=$(words <<<"$got")
		want=$(words <<<"$want")
		if [ "$got" != "$want" ]; then
			echo "behind \"$line\": ${got:0:500}"
			echo "and not: $want"
			status=1
		fi
	done <"$work/expected" 3<"$work/offers"
	return "$status"
}

# In the same way for words that are not in help: operands and values of options.
values() {
	mkdir -p "$work/here"
	touch "$work/here/some.policy"
	printf '%s\t%s\n' 'avow maps --color ' 'always auto never' \
		'avow maps --color al' always \
		'avow maps --color=n' "$2" \
		"avow policy check $work/here/so" "$3" \
		"avow maps --html $work/here/so" "$3" \
		'avow policy learn --for ' '' \
		"avow why $$" "$$" \
		'avow exec setpri' setpriv >"$work/expected"
	offered "$1"
}

several_verbs() {
	[ "$(wc -l <"$work/expected")" -ge 14 ] && [ "$(wc -w <"$work/expected")" -ge 70 ]
}

echo "KTAP version 1"
expected >"$work/expected"
check "help texts were read" several_verbs
for shell in bash zsh fish; do
	check "$shell offers each verb and option, and no others" offered "$shell"
done
check "bash: operands and values" values bash never "$work/here/some.policy"
check "zsh: operands and values" values zsh never some.policy
check "fish: operands and values" values fish --color=never "$work/here/some.policy"
echo "1..$count"
