#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# progress.sh AVOW: what long work shows on a terminal, by script(1), and nowhere else: avow(1); KTAP. The enclave is so big
# that it takes this machine more than two seconds to measure it.
set -euo pipefail

here=$(cd -- "$(dirname -- "$0")" && pwd)
avow=$(realpath "$1")
# shellcheck source=tests/command.sh
. "$here/../command.sh"
echo "KTAP version 1"
cd -- "$work"
export TERM=xterm
unset NO_COLOR

now() {
	date +%s%N | cut -c 1-13
}

# on_terminal COMMAND: its standard error, and what else it sends to the terminal, in $work/out; and the milliseconds it took.
on_terminal() {
	local begin
	begin=$(now)
	script -qec "$1" /dev/null >"$work/out" </dev/null || return 1
	took=$(($(now) - begin))
}

# By anonymous memory, so that neither the file nor what it takes of the machine is big.
MIB=$((1 << 20))
size=$((64 * MIB))
took=0
while [ "$took" -lt 2000 ] && [ "$size" -lt $((32768 * MIB)) ]; do
	size=$((2 * size))
	"$here/elf.pl" big.elf 4096 "$size"
	begin=$(now)
	"$avow" measure big.elf >measured 2>err
	took=$(($(now) - begin))
done
"$here/elf.pl" small.elf 4096 8192
openssl genrsa -3 -out key.pem 3072 2>/dev/null

# A line that is written over: rising, each tenth of a second at most, and taken away.
is_progress() {
	perl -0777 -ne '
		exit 1 if !/\A(\rmeasuring: [ 0-9]{3} %\e\[K){2,}\r\e\[K\z/;
		my @done = /(\d+) %/g;
		$done[$_ - 1] <= $done[$_] or exit 1 for 1 .. $#done;
		exit($done[-1] <= 100 && @done * 100 <= $ARGV[0] ? 0 : 1)' - "$took" <"$work/out"
}

measures() {
	on_terminal "'$avow' measure big.elf >on-terminal" && is_progress && cmp measured on-terminal
}

signs() {
	on_terminal "'$avow' sign --key key.pem big.elf >signed" && is_progress && grep -qx "signature   good" signed
}

# shows_nothing COMMAND
shows_nothing() {
	on_terminal "$1" && [ ! -s "$work/out" ]
}

no_terminal() {
	"$avow" measure big.elf 2>err >out && [ ! -s err ] && cmp measured out
}

# The line has no colours; what comes behind it has some, unless they are not wanted.
colors() {
	on_terminal "'$avow' show big.elf" && grep -q 'measuring:' out && grep -q $'\033\\[[0-9;]*m' out &&
		on_terminal "NO_COLOR=1 '$avow' show big.elf" && grep -q 'measuring:' out && ! grep -q $'\033\\[[0-9;]*m' out
}

check "avow measure: progress on a terminal" measures
check "avow sign: progress on a terminal" signs
check "progress: none on what is no terminal" no_terminal
check "progress: none on a terminal that cannot move its cursor" shows_nothing "TERM=dumb '$avow' measure big.elf >out2"
check "progress: none of short work" shows_nothing "'$avow' measure small.elf >out2"
check "progress: without colours where these are not wanted" colors
echo "1..$count"
