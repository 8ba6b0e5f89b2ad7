#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# run.sh policy|sigstruct|elf|signing [--runs N] [--minutes N] [--seed S]: runs a fuzzer that was built
# into O, from the same beginning each time. What it finds is kept in O/found. Exits 1 if it
# finds something.
set -euo pipefail

here=$(cd -- "$(dirname -- "$0")" && pwd)
top=$(cd -- "$here/../.." && pwd)
O=${O:-$top/build/fuzz}
runs=
minutes=
seed=1

target=${1-}
case $target in
policy | sigstruct | elf | signing) shift ;;
*)
	echo "run.sh: which fuzzer? There are policy, sigstruct, elf and signing" >&2
	exit 2
	;;
esac
while [ $# -gt 0 ]; do
	[[ "${2-}" =~ ^[0-9]{1,18}$ ]] || { echo "run.sh: $1 needs a number" >&2; exit 2; }
	case $1 in
	--runs) runs=$2 ;;
	--minutes) minutes=$2 ;;
	--seed) seed=$2 ;;
	*)
		echo "run.sh: unknown option $1" >&2
		exit 2
		;;
	esac
	shift 2
done
# A time without a number of runs is the only end.
[ -n "$runs$minutes" ] || runs=1000000
options=(-runs="${runs:--1}" -seed="$seed" -print_final_stats=1 -artifact_prefix="$O/found/")
[ -z "$minutes" ] || options+=(-max_total_time=$((minutes * 60)))

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/seeds" "$work/corpus" "$O/found"

# The shipped policies without comments, of which a fuzzer learns nothing, and each
# condition in a policy of its own.
policy_seeds() {
	local number=0 file rule
	for file in "$top"/policies/*.policy; do
		sed 's/#.*//; /^[[:space:]]*$/d' "$file" >"$1/${file##*/}"
	done
	while IFS=$'\t' read -r rule _; do
		[[ $rule != \#* ]] || continue
		number=$((number + 1))
		printf '%s\ndefault allow\n' "$rule" >"$1/condition-$number"
	done <"$top/tests/policy/conditions.list"
}

case $target in
policy)
	policy_seeds "$work/seeds"
	options+=(-max_len=300 -dict="$here/policy.dict")
	;;
sigstruct)
	"$O/sigstruct_seeds" "$work/seeds"
	options+=(-max_len=1928)
	;;
elf)
	"$O/elf_seeds" "$work/seeds"
	options+=(-max_len=9000)
	;;
signing)
	"$O/elf_seeds" "$work/seeds"
	"$O/signing_seeds" "$work/seeds"
	options+=(-max_len=16384)
	;;
esac
"$O/${target}_fuzz" "${options[@]}" "$work/corpus" "$work/seeds" 2>&1
