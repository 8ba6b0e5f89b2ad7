#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# pkcs11.sh PROGRAM WORK: signs with a key in a token of SoftHSM. PROGRAM reads the private key of
# one URI, the public one of another, signs in one step and in two, and compares.
set -euo pipefail

program=$1
work=$2
rm -rf "$work"
mkdir -p "$work/tokens"
echo "directories.tokendir = $work/tokens" >"$work/softhsm.conf"
export SOFTHSM2_CONF=$work/softhsm.conf
PKCS11_MODULE_PATH=$(find /usr/lib -path '*softhsm/libsofthsm2.so' | head -n 1)
export PKCS11_MODULE_PATH
# The engine keeps what it allocated until the process ends.
export ASAN_OPTIONS=detect_leaks=0

token() {
	openssl genrsa -3 -out "$work/key.pem" 3072 &&
		openssl pkcs8 -topk8 -nocrypt -in "$work/key.pem" -out "$work/key.p8" &&
		softhsm2-util --init-token --free --label avow --so-pin 1234 --pin 5678 &&
		softhsm2-util --import "$work/key.p8" --token avow --label signer --id a1 --pin 5678
}

count=0
status=0
check() {	# check NAME STATUS ARGUMENT...: the program ends so, and nobody but it has said anything
	local name=$1 want=$2 got=0 word=ok
	shift 2
	# In a session of its own: there is no terminal on which it could ask.
	setsid --wait "$program" "$@" >"$work/log" 2>&1 </dev/null || got=$?
	[ "$got" -eq "$want" ] && ! grep -v '^#' "$work/log" || word='not ok'
	count=$((count + 1))
	echo "$word $count $name"
	[ "$word" = ok ] || { status=1; sed 's/^/# /' "$work/log"; }
}

echo 1..4
token >"$work/log" 2>&1 || { sed 's/^/# /' "$work/log"; exit 1; }
uri='pkcs11:token=avow;object=signer;pin-value=5678'
check "a key in a token signs" 0 "$uri" "$uri" "$work/key.pem"
check "a wrong PIN is refused, and none is asked for" 3 "${uri/5678/0000}" "$uri" "$work/key.pem"
check "without a PIN it is refused, and none is asked for" 3 "${uri/;pin-value=5678/}" "$uri" "$work/key.pem"
check "a token that is not there is refused" 3 "${uri/=avow/=none}" "$uri" "$work/key.pem"
exit "$status"
