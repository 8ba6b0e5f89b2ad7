#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Each row of conditions.list through avow policy test: the request that matches is denied
# by the rule, the nearest neighbour is allowed by the default.
set -euo pipefail

# shellcheck source=tests/policy/tap.sh
. "$(dirname -- "$0")/tap.sh"

while IFS=$'\t' read -r rule match other; do
	[[ $rule != \#* ]] || continue
	printf '%s\ndefault allow\n' "$rule" >"$work/x.policy"
	read -ra matching <<<"$match"
	read -ra neighbour <<<"$other"
	name="R42 R44.1 $rule: $match"
	run 1 "$name" test "$work/x.policy" "${matching[@]}" || continue
	[[ $out == "deny: $work/x.policy:1: deny "*" (EACCES)" && -z $err ]] || {
		report 'not ok' "$name" "$out$err"
		continue
	}
	run 0 "$name, and not $other" test "$work/x.policy" "${neighbour[@]}" || continue
	same "$name, and not $other" "$out$err" "allow: $work/x.policy:2: default allow"
done <tests/policy/conditions.list
plan
