# shellcheck shell=bash disable=SC2034
# SPDX-License-Identifier: LGPL-2.1-or-later
# ./dev coverage: sourced by ./dev. The kernel's gcov counts in a module that is built for it;
# the counts of all boots are added up here, line by line.

# shellcheck source=tests/vm/suite.sh
. "$TOP/tests/vm/suite.sh"

# The compiler's own.
GCOV=gcov-${DEBUG_COMPILER#gcc-}

# coverage_lines: of each boot's counts, one file for each object, as gcov writes it.
coverage_lines() {
	local out=$B/coverage boot object notes count=0
	for boot in "$out"/boot-*; do
		while IFS= read -r -d '' object; do
			count=$((count + 1))
			mkdir -p "$out/lines/$count"
			# The compiler left its notes where the module was built.
			notes=${object#"$boot"}
			cp "${notes%.gcda}.gcno" "${object%.gcda}.gcno" || return 1
			(cd "$out/lines/$count" && "$GCOV" -b -c -s "$MODULE" "$object" >/dev/null) || return 1
		done < <(find "$boot" -name '*.gcda' -print0)
	done
	[ "$count" -gt 0 ]
}

# coverage_attacks NAME...: the attacks, or these, which are stopped: in the test build other
# code is executed.
coverage_attacks() {
	need_attacks "$@" || return 0
	attacks_stopped "$B/attack/list"
}

# run_coverage ADD WHICH [NAME...]: ADD yes: what was counted before counts, too; WHICH: guest
# or attacks.
run_coverage() {
	local out=$B/coverage add=$1 which=$2
	shift 2
	suite_begin no
	need_machine "${PACKAGES_TEST[@]}"
	MODULE=$B/$KREL-gcov
	[ "$add" = yes ] || rm -rf "$out"
	rm -rf "$out/lines"
	mkdir -p "$out"
	printf '%s\n' "$out" >"$out/to"
	AFTER_TESTS=(--share "$out" --extra "$out/to=/tests/gather.to"
		--test "gather=$TOP/tests/vm/gather.sh=120")
	GUEST_FLAGS=(GCOV_PROFILE=y)
	build_for_guest || { suite_end; return; }
	if [ "$which" = attacks ]; then
		coverage_attacks "$@"
	elif [ $# -gt 0 ]; then
		guest_tests "$@"
	else
		guest_part all
	fi
	coverage_lines || suite_fail "coverage: gcov does not understand what came out"
	find "$out/lines" -name '*.gcov' -print0 | sort -z |
		xargs -0 awk -f "$TOP/tests/vm/coverage.awk" >"$out/report"
	cat "$out/report"
	suite_end
}
