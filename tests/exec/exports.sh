#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# exports.sh LIBRARY: it gives the loader what the audit interface asks for, and nothing
# else; and it is bound when it is loaded, because it changes the loader's text.
# shellcheck disable=SC2317 # functions are called by name
set -euo pipefail

library=$1
count=0
status=0

check() {	# check NAME COMMAND...
	local name=$1 word=ok
	shift
	count=$((count + 1))
	"$@" || word='not ok'
	[ "$word" = ok ] || status=1
	echo "$word $count $name"
}

exports() {
	[ "$(nm -D --defined-only "$library" | awk '{ print $3 }' | sort | tr '\n' ' ')" = \
		"la_objopen la_version " ]
}

bound_at_once() {
	readelf -d "$library" | grep -q 'FLAGS_1.*NOW'
}

# Without the module every program goes on as without the library, which says why once.
harmless() {
	local said
	[ ! -e /dev/sgx_enclave ] || { echo "# this machine has an SGX device"; return 1; }
	said=$(LD_AUDIT=$library /bin/echo hello 2>&1)
	[ "$said" = "avow: cpuid: /dev/sgx_enclave does not exist; is avow.ko loaded?; CPUID is left alone
hello" ] || { printf '%s\n' "$said" | sed 's/^/# /'; return 1; }
}

echo 1..3
check "exports only the audit interface" exports
check "is bound when it is loaded" bound_at_once
check "does nothing without the module" harmless
exit "$status"
