#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Tests of the repository itself, KTAP on standard output. KREL and KDIR, the
# kernel to build for and its headers, are set by ./dev.
set -euo pipefail
cd -- "$(dirname -- "$0")/../.."

# shellcheck source=tests/command.sh
. tests/command.sh

# But for one picture.
no_binaries() {
	! git ls-files --eol | grep '^i/-text' | grep -vE "[[:space:]]docs/maps\.png$" &&
		[ "$(wc -c <docs/maps.png)" -lt 200000 ]
}

no_own_path() {
	# As a whole path: a checkout in /src is no reason to object to /usr/src.
	! git grep -nIE "(^|[^[:alnum:]_./-])$(printf '%s' "$PWD" | sed 's/[^[:alnum:]/_-]/\\&/g')(/|\$|[^[:alnum:]_.-])" -- .
}

scripts_executable() {
	local file status=0
	while IFS= read -r -d '' file; do
		if [ "$(head -c 2 "$file" | tr -d '\0')" = '#!' ] && [ ! -x "$file" ]; then
			echo "$file: a script that is not executable"
			status=1
		fi
	done < <(git ls-files -z)
	return "$status"
}

# Every rule that SPEC.md numbers is named in some test.
rules_tested() {
	local rule rules status=0
	rules=$(grep -oE '\bR[0-9]+(\.[0-9]+)?\b' SPEC.md | sort -uV)
	[ -n "$rules" ] || { echo "SPEC.md has no rules"; return 1; }
	for rule in $rules; do
		if ! grep -rqwF -- "$rule" tests; then
			echo "$rule: no file in tests names it"
			status=1
		fi
	done
	return "$status"
}

# What a commit has is complete, and a build leaves nothing outside build/.
fresh_clone() {
	git clone -q . "$work/clone" || return 1
	make -C "$work/clone" -j"$(nproc)" vm attack cmd completion demo examples bench floor module KREL="$KREL" KDIR="$KDIR" || return 1
	make -C "$work/clone" -j"$(nproc)" module AVOW_HOLES=1 KREL="$KREL" KDIR="$KDIR" || return 1
	[ -z "$(git -C "$work/clone" status --porcelain --untracked-files=all)" ] || {
		git -C "$work/clone" status --short
		return 1
	}
}

commands_have_help() {
	local command
	for command in demo test attack run shell kselftest bench coverage fuzz deb lint clean; do
		(cd / && "$1/dev" "$command" --help) | grep -q "^Usage: ./dev $command" || {
			echo "./dev $command --help does not help"
			return 1
		}
	done
}

refused() {	# refused TEXT ARGUMENT...: ./dev exits 2 and says so
	local text=$1 status=0
	shift
	./dev "$@" </dev/null >"$work/out" 2>"$work/err" || status=$?
	cat "$work/err"
	[ "$status" -eq 2 ] && [ ! -s "$work/out" ] && grep -q -- "$text" "$work/err"
}

# They all begin with the version of kmod/version.h.
one_version() {
	local version
	version=$(sed -n 's/^#define AVOW_VERSION "\(.*\)"/\1/p' kmod/version.h)
	[ -n "$version" ] && [ "$(grep -m 1 '^## ' NEWS.md)" = "## $version" ] &&
		grep -m 1 . debian/changelog | grep -q "^avow ($version) "
}

echo "KTAP version 1"
check "each file has its licence" tests/repo/spdx.sh
for licence in GPL-2.0-only LGPL-2.1-or-later Linux-syscall-note; do
	check "the text of $licence" test -s "LICENSES/$licence.txt"
done
check "no binary file" no_binaries
check "no path of this machine" no_own_path
check "NEWS.md, debian/changelog and the code have one version" one_version
check "scripts are executable" scripts_executable
check "each rule of SPEC.md has a test" rules_tested
check "a fresh clone builds, and stays clean" fresh_clone
check "a normal avow.ko has no holes, and the test build says what it is" tests/repo/holes.sh \
	"$work/clone/build/$KREL/avow.ko" "$work/clone/build/$KREL-holes/avow.ko"
check "attacks, their list, the holes and docs/ATTACKS.md agree" tests/attack/check.sh
check "every command has help, from anywhere" commands_have_help "$PWD"
check "an unknown command is refused" refused "unknown command" nonsense
check "an unknown option is refused" refused "unknown option" run --nonsense
check "an unknown kernel is refused" env KERNEL=5.10 bash -c "$(declare -f refused)
	work=$work; refused 'is unknown; there is 6.1.* and debug' run true"
check "a test that needs KERNEL=debug says so" env -u CI KERNEL=6.1 bash -c "$(declare -f refused)
	work=$work; refused 'needs what only KERNEL=debug has' test failnth"
check "a directory that is not there is refused" refused "no directory" run --share /nowhere true
check "a number that is none is refused" refused "needs a number" run --mem lots true
check "an unknown fuzzer is refused" refused "which fuzzer" fuzz nonsense
check "a run without a program is refused" refused "no program" run
check "a shell without a terminal is refused" refused "needs a terminal" shell
check "an unknown test is refused" refused "no test 'nonsense'" test nonsense
check "an unknown part is refused" refused "no part 'nonsense'" test --part local --part nonsense
check "a part and a test are refused" refused "parts, or names of tests" test --part vm access
check "a table of some attacks is refused" refused "of all attacks" attack --table nonsense
echo "1..$count"
