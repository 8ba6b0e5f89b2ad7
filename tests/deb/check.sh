#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# check.sh DEBS [DIRECTORY]: what can be said of the packages in DEBS without installing them; with a
# DIRECTORY, that they are the same if they are built there. KTAP on standard output.
# shellcheck disable=SC2317 # functions are called by name
set -euo pipefail
here=$(cd -- "$(dirname -- "$0")" && pwd)
debs=$1 again=${2-}

# shellcheck source=tests/command.sh
. "$here/../command.sh"

# What is overridden has its reason beside it, in debian/.
lintian_is_silent() {
	lintian --allow-root --display-info --pedantic --fail-on error,warning,info,pedantic "$debs"/*.changes \
		>"$work/out" 2>&1 </dev/null && ! grep -v '^N: ' "$work/out"
}

complete() {
	local package
	for package in avow-dkms_*_all avow-tools_*_amd64 libavow1_*_amd64 libavow-dev_*_amd64; do
		compgen -G "$debs/$package.deb" || return 1
	done >"$work/out"
	compgen -G "$debs/avow_*.changes" >>"$work/out"
}

# Whenever, wherever and by whomever they are built.
same_again() {
	local file
	env TZ=Pacific/Kiritimati LC_ALL=C LANG=C HOME=/nonexistent sh -c 'umask 077 && exec "$@"' - \
		"$here/build.sh" "$again/avow-again" >"$work/out" 2>&1 </dev/null || return 1
	for file in "$debs"/*.deb; do
		cmp "$file" "$again/${file##*/}" || return 1
	done >"$work/err" 2>&1
}

echo "KTAP version 1"
check "there are four packages, and their .changes" complete
check "lintian has nothing to say" lintian_is_silent
[ -z "$again" ] || check "built elsewhere they are the same" same_again
echo "1..$count"
