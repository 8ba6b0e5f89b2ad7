# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Debian packages, for ./dev: sourced, not run. Where everything is installed,
# apt is not touched.

say() {
	printf 'avow: %s\n' "$*" >&2
}

die() {
	say "$@"
	exit 2
}

# need_root WHAT: sets AS_ROOT to the words before a command that makes root run it.
need_root() {
	AS_ROOT=()
	[ "$(id -u)" -ne 0 ] || return 0
	command -v sudo >/dev/null || die "root is needed for: $1 (and there is no sudo here)"
	AS_ROOT=(sudo)
}

as_root() {
	need_root "$*"
	"${AS_ROOT[@]}" "$@"
}

# What apt needs so as neither to ask nor to wait for ever.
APT_OPTIONS=(-q -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 -o Acquire::Retries=2
	-o Acquire::http::Timeout=30 -o Acquire::https::Timeout=30 -o APT::Sandbox::User=root)

# Runs apt-get as root; what it says is shown where it fails.
apt_get() {
	local log status=0
	log=$(mktemp)
	as_root env DEBIAN_FRONTEND=noninteractive apt-get "${APT_OPTIONS[@]}" "$@" \
		</dev/null >"$log" 2>&1 || status=$?
	if [ "$status" -ne 0 ]; then
		sed 's/^/  | /' "$log" | tail -n 15 >&2
	fi
	rm -f "$log"
	return "$status"
}

APT_UPDATED=no

# Once in a run at most; fails where there is no network.
apt_update() {
	[ "$APT_UPDATED" = no ] || return 1
	APT_UPDATED=yes
	say "reading the lists of packages (apt-get update)"
	apt_get update
}

packages_missing() {
	local package
	declare -A installed=()
	while read -r package status; do
		[ "$status" != installed ] || installed[$package]=yes
	done < <(dpkg-query -W -f='${Package} ${db:Status-Status}\n' "$@" 2>/dev/null || true)
	for package in "$@"; do
		[ "${installed[$package]:-no}" = yes ] || printf '%s\n' "$package"
	done
}

# need_packages PACKAGE...: installs those that are missing.
need_packages() {
	local -a missing
	[ -r /etc/debian_version ] || die "this is not a Debian system: ./dev needs Debian 12"
	mapfile -t missing < <(packages_missing "$@")
	[ "${#missing[@]}" -gt 0 ] || return 0
	say "installing ${missing[*]}"
	apt_get install -y --no-install-recommends "${missing[@]}" && return 0
	if ! apt_update || ! apt_get install -y --no-install-recommends "${missing[@]}"; then
		die "cannot install ${missing[*]}; see above"
	fi
}
