#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# run.sh policy [--runs N] [--seed S]: runs a fuzzer that was built into O, from the same
# beginning each time. What it finds is kept in O/found. Exits 1 if it finds something.
set -euo pipefail

here=$(cd -- "$(dirname -- "$0")" && pwd)
top=$(cd -- "$here/../.." && pwd)
O=${O:-$top/build/fuzz}
runs=1000000
seed=1

target=${1-}
[ "$target" = policy ] || { echo "run.sh: there is one fuzzer: policy" >&2; exit 2; }
shift
while [ $# -gt 0 ]; do
	[[ "${2-}" =~ ^[0-9]{1,18}$ ]] || { echo "run.sh: $1 needs a number" >&2; exit 2; }
	case $1 in
	--runs) runs=$2 ;;
	--seed) seed=$2 ;;
	*)
		echo "run.sh: unknown option $1" >&2
		exit 2
		;;
	esac
	shift 2
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/seeds" "$work/corpus" "$O/found"

# The shipped policies without comments, of which a fuzzer learns nothing, and each
# condition in a policy of its own.
number=0
for file in "$top"/policies/*.policy; do
	sed 's/#.*//; /^[[:space:]]*$/d' "$file" >"$work/seeds/${file##*/}"
done
while IFS=$'\t' read -r rule _; do
	[[ $rule != \#* ]] || continue
	number=$((number + 1))
	printf '%s\ndefault allow\n' "$rule" >"$work/seeds/condition-$number"
done <"$top/tests/policy/conditions.list"

"$O/policy_fuzz" -runs="$runs" -seed="$seed" -max_len=300 -dict="$here/policy.dict" -print_final_stats=1 \
	-artifact_prefix="$O/found/" "$work/corpus" "$work/seeds" 2>&1
