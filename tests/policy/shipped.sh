#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The shipped policies: each is good, each row of shipped.list is answered as it says, and
# each rule answers in some row.
set -euo pipefail

# shellcheck source=tests/policy/tap.sh
. "$(dirname -- "$0")/tap.sh"

# check POLICY WARNINGS...: good, with these words of the warnings that must be there.
check() {
	local name=$1 word
	run 0 "R44 $name is a policy" check "policies/$name.policy" || return 0
	shift
	for word in "$@"; do
		[[ $err == *"warning: $word"* ]] || {
			report 'not ok' "R44 $name is a policy" "no warning: $word"
			return 0
		}
	done
	report ok "R44 $name is a policy"
}

for file in policies/*.policy; do
	name=${file##*/}
	name=${name%.policy}
	if [ "$name" = signed ]; then
		check signed "'0000000000000000000000000000000000000000000000000000000000000000': nothing but zeros"
	else
		check "$name"
	fi
done

while IFS=$'\t' read -r policy request answer; do
	[[ $policy != \#* ]] || continue
	read -ra words <<<"$request"
	status=0
	[[ $answer != deny:* ]] || status=1
	name="R42 R44 $policy: $request"
	run "$status" "$name" test "policies/$policy.policy" "${words[@]}" || continue
	same "$name" "$(sed -E 's/^([a-z]*): [^:]*:[0-9]*: /\1: /; s/ \(EACCES\)$//' <<<"$out")" "$answer"
	sed -nE "s/^[a-z]*: ([^:]*:[0-9]*): .*/\1/p" <<<"$out" >>"$work/answered"
done <tests/policy/shipped.list

# The default of permissive is for what there is not yet.
for file in policies/*.policy; do
	same "R44 each rule of $file answers" \
		"$(grep "^$file:" "$work/answered" | sort -uV)" \
		"$(grep -nE '^(allow|deny|audit|default)\b' "$file" | sed -E "s|^([0-9]*):.*|$file:\1|" |
			{ [[ $file != */permissive.policy && $file != */signed.policy ]] && cat || head -n -1; })"
done
plan
