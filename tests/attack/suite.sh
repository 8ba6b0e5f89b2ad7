# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The attacks, in ./dev test and ./dev attack: sourced by ./dev after suite.sh.

# Of the time of a whole boot, for one attack: the test build runs each several times.
declare -A ATTACK_SECONDS=([stopped]=60 [through]=300)

build_holes() {
	local -a flags=()
	[ "$KERNEL" != debug ] || flags=("${DEBUG_MODULE[@]}")
	quietly "building the test build of avow.ko for $KREL" make "$JOBS" module AVOW_HOLES=1 \
		KREL="$KREL" KDIR="$KDIR" BTF="$KIMAGE/vmlinux.btf" "${flags[@]}"
}

build_attacks() {
	quietly "building the attacks" make "$JOBS" attack cmd
}

# attack_list NAME...: the lines of the list for these attacks; without names, for all.
attack_list() {
	local name
	if [ $# -eq 0 ]; then
		grep -v '^#' tests/attack/list
		return
	fi
	for name; do
		awk -F '\t' -v name="$name" '$1 == name { print; found = 1 } END { exit !found }' \
			tests/attack/list || die "no attack '$name' in tests/attack/list"
	done
}

# boot_attacks RUNNER MODULE LIST OPTION...: one boot.
boot_attacks() {
	local runner=$1 module=$2 list=$3 name
	shift 3
	machine_command
	add_checks
	MACHINE+=(--module "$module" --title attack "${REPORT[@]}" "$@"
		--extra "$list=/lib/attacks" --data "$B/guest/data")
	add_avow
	while IFS=$'\t' read -r name _; do
		MACHINE+=(--program "$name=$B/attack/bin/$name")
	done <"$list"
	MACHINE+=(--test "$runner=$B/attack/run/$runner=$((60 + ATTACK_SECONDS[$runner] * $(wc -l <"$list")))"
		"${AFTER_TESTS[@]}")
	say "booting Linux $KREL for $(wc -l <"$list") attacks: $runner"
	"${MACHINE[@]}" suite </dev/null || true
}

# attacks_stopped LIST OPTION...: on the module as it is, which has been built.
attacks_stopped() {
	# shellcheck disable=SC2153	# build_module sets it
	boot_attacks stopped "$MODULE/avow.ko" "$@"
}

# need_attacks NAME...: all, or these, built and in the list to run.
need_attacks() {
	build_attacks || { suite_fail "attack: the attacks do not build"; return 1; }
	mkdir -p "$B/attack"
	attack_list "$@" >"$B/attack/list"
}

# attack_tests [OPTION... --] [NAME...]: on the module as it is, then on the test build.
attack_tests() {
	local list=$B/attack/list
	local -a options=()
	while [[ ${1-} == -* ]]; do
		[ "$1" = -- ] || options+=("$1")
		shift
	done
	build_module || { suite_fail "attack: avow.ko does not build"; return 0; }
	build_holes || { suite_fail "attack: the test build of avow.ko does not build"; return 0; }
	need_attacks "$@" || return 0
	attacks_stopped "$list" "${options[@]}"
	boot_attacks through "$B/$KREL-holes/avow.ko" "$list" "${options[@]}"
}

# run_attacks_alone TABLE [NAME...]: ./dev attack. TABLE yes: docs/ATTACKS.md is written.
run_attacks_alone() {
	local table=$1 results=$B/attack/results status=0
	shift
	suite_begin no
	need_machine "${PACKAGES_TEST[@]}"
	[ $# -eq 0 ] || attack_list "$@" >/dev/null
	mkdir -p "$B/attack"
	attack_tests --output --env=AVOW_ATTACKS_WHOLE=1 -- "$@" | tee "$results"
	suite_end || status=$?
	if [ "$status" -eq 0 ] && [ "$table" = yes ]; then
		tests/attack/table.sh tests/attack/list "$results" >docs/ATTACKS.md
		say "docs/ATTACKS.md is written"
	fi
	return "$status"
}
