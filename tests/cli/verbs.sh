#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# verbs.sh AVOW ELF: R22.8, R23, R42: avow measure, sign and show as commands, and what run and bench say
# where there is no device: what they print, their files, and their exit status; KTAP. ELF is the
# variant rodata of tests/oracle.
# shellcheck disable=SC2016 # $d is Perl's
set -euo pipefail

here=$(cd -- "$(dirname -- "$0")" && pwd)
avow=$(realpath "$1")
elf=$(realpath "$2")
# shellcheck source=tests/command.sh
. "$here/../command.sh"
echo "KTAP version 1"
mkdir "$work/here"
cd -- "$work/here"
# What SHA-256 made of it, once it was the same as the oracle's.
mrenclave=20edb2c743f6f473a9d50028f4bd6ba662c83ff68de0e66ad99b0c4cebbeb397

# run STATUS ARGUMENT...
run() {
	local want=$1 got=0
	shift
	"$avow" "$@" >"$work/out" 2>"$work/err" </dev/null || got=$?
	[ "$got" -eq "$want" ] || { echo "exit status $got of avow $*" >>"$work/err"; return 1; }
}

# says STATUS OUT ERR ARGUMENT...: exactly this.
says() {
	local out=$2 err=$3 status=$1
	shift 3
	run "$status" "$@" && [ "$(<"$work/out")" = "$out" ] && [ "$(<"$work/err")" = "$err" ]
}

# json STATUS PERL ARGUMENT...: JSON of which this holds; $d is the document.
json() {
	local status=$1 holds=$2
	shift 2
	run "$status" "$@" && [ ! -s "$work/err" ] || return 1
	perl -MJSON::PP -e 'local $/; my $d = decode_json(<STDIN>); exit(eval($ARGV[0]) ? 0 : 1)' "$holds" <"$work/out" 2>>"$work/err"
}

# refuses VERB WORDS ARGUMENT...: exit status 1, nothing on standard output, no file, these words.
refuses() {
	local verb=$1 words=$2
	shift 2
	rm -f one.elf.sig
	says 1 "" "avow: $verb: $words" "$verb" "$@" && [ ! -e one.elf.sig ]
}

# wrong VERB WORDS ARGUMENT...: exit status 2.
wrong() {
	local verb=$1 words=$2
	shift 2
	says 2 "" "avow: $verb: $words; see avow $verb --help" "$verb" "$@"
}

cp "$elf" one.elf
{
	openssl genrsa -3 -out key.pem 3072
	openssl rsa -in key.pem -pubout -out public.pem
	openssl genrsa -3 -out other.pem 3072
	openssl genrsa -out f4.pem 3072
	openssl genrsa -3 -out small.pem 2048
} 2>log
mrsigner=$("$avow" sign --key key.pem -o first.sig one.elf >/dev/null; tail -c +129 first.sig | head -c 384 | openssl dgst -sha256 -r | cut -d ' ' -f 1)
printf 'deny load intent has x, source is anonymous\naudit init signer is %s\ndeny map user is 77\ndefault allow\n' "$mrsigner" >some.policy

# ---- measure ----

check "R22.8 measure" says 0 "$mrenclave" "" measure one.elf
check "R22.8 measure: a size of its own is measured" run 0 measure --size 1M one.elf
check "R22.8 measure: and gives another" test "$("$avow" measure --size 1M one.elf)" != "$mrenclave"
check "R22.8 measure: so does the size of an SSA frame" test "$("$avow" measure --ssa-frame-size 2 one.elf)" != "$mrenclave"
check "R22.8 measure: and attributes do not" says 0 "$mrenclave" "" measure --debug --attributes 0x14 --xfrm 7 --miscselect 1 one.elf
check "R22.8 measure --json" json 0 '$d->{mrenclave} eq "'"$mrenclave"'" && $d->{size} == 16384 && $d->{ssa_frame_size} == 1 && $d->{file} eq "one.elf"' measure --json one.elf
check "R21 measure: too small a size" refuses measure "one.elf: it needs 0x4000 bytes, and --size says 0x1000" --size 4096 one.elf
check "R21.3 measure: no power of two" refuses measure "one.elf: such an enclave cannot be created: R21.3: The size of an enclave is a power of two; round SECS.SIZE up to a power of two" --size 0x5000 one.elf
check "R21.4 measure: no SSE" refuses measure "one.elf: such an enclave cannot be created: R21.4: SECS must be one that ECREATE takes; check SECS: reserved fields, base a multiple of size, attributes, XFRM, SSAFRAMESIZE" --xfrm 4 one.elf
check "measure: no ELF file" refuses measure "some.policy: not an ELF64 file for x86-64" some.policy
check "measure: no file" refuses measure "nowhere: No such file or directory" nowhere
check "measure: no operand" wrong measure "an ELF file is missing"
check "measure: two operands" wrong measure "unexpected argument b" a b
check "measure: unknown option" wrong measure "unknown option --sizes=4" --sizes=4 one.elf
check "measure: a number that is none" wrong measure "--size is a number of bytes, as 0x10000 or 64K, not '12q'" --size 12q one.elf
check "measure: a number with a sign" wrong measure "--xfrm is a number of at most 0xffffffffffffffff, not '-1'" --xfrm=-1 one.elf
check "measure: an option without its value" wrong measure "a value is missing behind --size" one.elf --size

# MRENCLAVE of what elf.pl makes of whole pages, by a second measurement.
measured() {
	perl -MDigest::SHA -0777 -ne '
		my ($sum, $size) = (Digest::SHA->new(256), 8192);
		$size *= 2 while $size < length($_) - 4096;
		$sum->add(pack("a8LQx44", "ECREATE", 1, $size));
		for (my $at = 0; $at < length($_) - 4096; $at += 4096) {
			$sum->add(pack("a8QQx40", "EADD", $at, $at ? 0x201 : 0x100));
			for (my $part = $at; $part < $at + 4096; $part += 256) {
				$sum->add(pack("a8Qx48", "EEXTEND", $part), substr($_, 4096 + $part, 256));
			}
		}
		print $sum->hexdigest' "$1"
}
"$here/elf.pl" big.elf $((9 << 20)) $((9 << 20))
check "R22.8 measure: more than is added at once" says 0 "$(measured big.elf)" "" measure big.elf

# ---- sign ----

signed_text() {
	printf '%s\n' "mrenclave   $mrenclave" "mrsigner    $mrsigner" "product     3, svn 65535" "date        20240229" \
		"attributes  0x6 (debug mode64bit), in the bits 0xfffffffffffffffd" "xfrm        0x3, exactly" \
		"miscselect  0x0, exactly" "signature   good"
}
signing=(--product 3 --svn 65535 --date 20240229 --debug --attributes-any 2)

# as the manual has it in two steps, each by the same options.
two_steps() {
	run 0 sign --to-sign message "${signing[@]}" one.elf && [ "$(stat -c %s message)" = 256 ] &&
		openssl dgst -sha256 -sign key.pem -out signature message &&
		run 0 sign --signature signature --public-key public.pem "${signing[@]}" -o two.sig one.elf && cmp one.elf.sig two.sig
}

# The openssl command's opinion of what sign wrote.
openssl_verifies() {
	{ head -c 128 one.elf.sig; tail -c +901 one.elf.sig | head -c 128; } >message
	tail -c +517 one.elf.sig | head -c 384 | xxd -p -c 1 | tac | xxd -r -p >signature
	openssl dgst -sha256 -verify public.pem -signature signature message >"$work/out" 2>"$work/err"
}

# Neither a changed nor another file, nor a half of one.
keeps_the_old() {
	echo old >one.elf.sig
	! "$avow" sign --key small.pem one.elf >"$work/out" 2>"$work/err" && [ "$(<one.elf.sig)" = old ] &&
		[ -z "$(find . -name 'one.elf.sig.*')" ]
}

no_half() {
	mkdir -p closed && (ulimit -f 0 && trap '' XFSZ && ! "$avow" sign --key key.pem -o closed/x.sig one.elf >"$work/out") 2>"$work/err"
	[ -z "$(ls closed)" ]
}

check "R23 sign" says 0 "$(signed_text; echo "written to  one.elf.sig")" "" sign --key key.pem "${signing[@]}" one.elf
check "R23.7 sign: openssl verifies it" openssl_verifies
check "R23.7 sign: in two steps, the same" two_steps
check "R23 sign: again, the same" says 0 "$(signed_text; echo "written to  two.sig")" "" sign --key key.pem "${signing[@]}" --output two.sig one.elf
check "R23 sign --json" json 0 '$d->{good} && $d->{mrsigner} eq "'"$mrsigner"'" && $d->{sigstruct} eq "x.sig" && $d->{product} == 0 && !defined $d->{date} && $d->{attributes} eq "0x4"' sign --json --key key.pem -o x.sig one.elf
check "sign: --debug stays with --attributes" json 0 '$d->{attributes} eq "0x6"' sign --json --debug --attributes 4 --key key.pem -o x.sig one.elf
check "R23.7 sign: another key's signature" refuses sign "one.elf: not a signature of this enclave by this key" --signature signature --public-key other.pem "${signing[@]}" one.elf
check "R23.7 sign: a signature of something else" refuses sign "one.elf: not a signature of this enclave by this key" --signature signature --public-key public.pem one.elf
{ cat signature; echo; } >long
check "R23.7 sign: a signature with more behind" refuses sign "long: an RSA-3072 signature has 384 bytes, and this file more or fewer" --signature long --public-key public.pem "${signing[@]}" one.elf
check "R23.7 sign: a signature of another size" refuses sign "message: an RSA-3072 signature has 384 bytes, and this file more or fewer" --signature message --public-key public.pem one.elf
check "R23.6 sign: exponent 65537" refuses sign "one.elf: f4.pem: not an RSA key of 3072 bits with exponent 3" --key f4.pem one.elf
check "R23.6 sign: 2048 bits" refuses sign "one.elf: small.pem: not an RSA key of 3072 bits with exponent 3" --key small.pem one.elf
check "R23.6 sign: a public key" refuses sign "one.elf: public.pem: no private key that can be read without a passphrase" --key public.pem one.elf
check "sign: what was there stays after a failure" keeps_the_old
check "sign: no half of a file" no_half
check "sign: no place" refuses sign "nowhere/x: No such file or directory" --key key.pem -o nowhere/x one.elf
check "sign: the place of a device" refuses sign "/dev/null: there is something that is no file" --key key.pem -o /dev/null one.elf
check "sign: no way" wrong sign "one of --key, --to-sign and --signature is needed" one.elf
check "sign: two ways" wrong sign "one of --key, --to-sign and --signature is needed" --key key.pem --to-sign x one.elf
check "sign: half of the second step" wrong sign "--signature and --public-key belong together" --signature x one.elf
check "sign: no day" wrong sign "--date is a day, as 20261231, not '20230229'" --key key.pem --date 20230229 one.elf
check "sign: too great an SVN" wrong sign "--svn is a number of at most 0xffff, not '65536'" --key key.pem --svn 65536 one.elf

# refuses_tcs AT BYTE WORDS: the file with another byte there in its TCS, which stays as bad.elf.
refuses_tcs() {
	cp one.elf bad.elf
	# shellcheck disable=SC2059 # the byte is an escape
	printf "$2" | dd of=bad.elf bs=1 seek=$((4096 + $1)) conv=notrunc 2>>log
	refuses sign "bad.elf: the page at offset 0x0 is in the first segment, and no TCS: $3" --key key.pem bad.elf
}

# SDM, TCS: OSSA at 16, NSSA at 28, OENTRY at 32, reserved from 72 on.
check "R22.9 sign: no TCS, by a reserved byte" refuses_tcs 4095 '\1' "A TCS must be one that EADD takes"
check "sign: no SSA frame" refuses_tcs 28 '\0' "it has no SSA frame"
check "sign: SSA frames outside" refuses_tcs 18 '\377' "its SSA frames are not in the enclave"
check "sign: SSA frames that reach outside" refuses_tcs 28 '\4' "its SSA frames are not in the enclave"
check "sign: an entry point outside" refuses_tcs 34 '\377' "its entry point is outside of the enclave"

# ---- show ----

elf_text() {
	printf '%s\n' "OFFSET      SIZE       TYPE  INTENT  SOURCE" \
		"0x0         4 KiB      TCS   RW-     file-noexec" \
		"0x1000      4 KiB      REG   RW-     file-noexec" \
		"0x2000      4 KiB      REG   R--     file-noexec" \
		"0x3000      4 KiB      REG   R-X     file-exec" \
		"tcs 0x0  entry 0x3000, SSA frames: 1 at 0x1000" "size        16 KiB" "mrenclave   $mrenclave"
}
rm -f one.elf.sig
check "R23 show: an ELF file" says 0 "$(elf_text; echo "signed      no")" "" show one.elf
run 0 sign --key key.pem "${signing[@]}" one.elf || true
check "R23 show: and who signed it" says 0 "$(elf_text; printf '\n%s\n' "signed      one.elf.sig: this enclave"; signed_text)" "" show one.elf
check "R23 show: a SIGSTRUCT" says 0 "$(signed_text)" "" show one.elf.sig
check "R23 show --json" json 0 '$d->{kind} eq "elf" && @{$d->{segments}} == 4 && $d->{segments}[3]{intent} eq "R-X" && $d->{tcs}[0]{entry} == 12288 && $d->{signature}{of_this_enclave} && $d->{signature}{mrsigner} eq "'"$mrsigner"'"' show --json one.elf
check "R23.8 show: another enclave's" json 1 '!$d->{signature}{of_this_enclave} && $d->{signature}{good}' show --json --size 64K one.elf
perl -0777 -pe 'substr($_, 700, 1) ^= "\1"' one.elf.sig >changed.sig
check "R23.7 show: a signature that is wrong" json 1 '!$d->{signature}{good} && $d->{signature}{wrong} =~ /R23.7: The signature/' show --json changed.sig
check "R22.9 show: no TCS" json 1 '$d->{tcs_wrong} =~ /entry point is outside/' show --json bad.elf
check "show: neither" refuses show "some.policy: neither an ELF file nor a SIGSTRUCT, which has 1808 bytes" some.policy
head -c 100 changed.sig >short.sig
check "show: a SIGSTRUCT that is short" refuses show "short.sig: a SIGSTRUCT has 1808 bytes, and this file more or fewer" --sigstruct short.sig one.elf

# refuses() has taken it away.
run 0 sign --key key.pem "${signing[@]}" one.elf || true

# As avow policy test answers to the same facts.
as_policy_test() {
	run 0 show --json --policy some.policy one.elf user=5 || return 1
	perl -MJSON::PP -e 'local $/; my $d = decode_json(<STDIN>); print "$_->{event} $_->{facts}\t$_->{action}: $_->{file}:$_->{line}: $_->{text}\n" for @{$d->{policy}{requests}}' \
		<"$work/out" >requests
	[ "$(wc -l <requests)" -eq 9 ] || return 1
	local facts want
	while IFS=$'\t' read -r facts want; do
		# shellcheck disable=SC2086 # they are words
		run 0 policy test some.policy $facts && [ "$(<"$work/out")" = "$want" ] || return 1
	done <requests
}

check "R42 show --policy: as avow policy test answers" as_policy_test
check "R42 show --policy: allowed" json 0 '!$d->{policy}{denied} && $d->{policy}{requests}[4]{action} eq "audit" && $d->{policy}{requests}[3]{facts} =~ m{^intent=rx source=file-exec measured=yes file=/}' show --json --policy some.policy one.elf
check "R42 show --policy: denied to a user" json 1 '$d->{policy}{denied} && $d->{policy}{requests}[8]{errno} eq "EACCES" && !defined $d->{policy}{requests}[0]{errno}' show --json --policy some.policy one.elf user=77
check "R42 show --policy: as text" run 1 show --policy some.policy one.elf user=77
check "R42 show --policy: a line for each request" grep -qx "map   0x3000 R-X      deny: some.policy:3: deny map user is 77 (EACCES)" "$work/out"
check "R42 show --policy: of a SIGSTRUCT, init alone" json 0 '@{$d->{policy}{requests}} == 1 && $d->{policy}{requests}[0]{facts} =~ /debug=yes .* product=3 svn=65535$/' show --json --policy some.policy one.elf.sig
check "R42 show --policy: a fact that is none" says 2 "" "avow: show: 'colour': expected intent, source, measured, file, setuid, setgid, verity, filesystem, mount, program, user, group or cgroup" show --policy some.policy one.elf colour=red
check "R44 show --policy: errors are wrong usage" run 2 show --policy one.elf.sig one.elf
check "show: facts without a policy" wrong show "unexpected argument user=77" one.elf user=77

in_colors() {
	run 1 show --color=always --policy some.policy one.elf user=77 && grep -q $'\033\\[35mmap\033\\[m' "$work/out" || return 1
	run 1 show --policy some.policy one.elf user=77 && ! grep -q $'\033' "$work/out"
}
check "show: colours only where they are wanted" in_colors

# ---- run and bench, as far as they come without a device ----

check "run: a call that is none" wrong run "--call is up to three numbers with commas between, not '1,2,3,4'" --call 1,2,3,4 one.elf
check "run: a buffer that is not there" wrong run "which buffer? --buffer is missing" --call buffer one.elf
check "run: both signatures" wrong run "either --key or --sigstruct" --key a --sigstruct b one.elf
check "run: a contract that is none" wrong run "--contract is compat or strict, not 'lax'" --contract lax one.elf
check "R23.7 run: a signature that is wrong" run 1 run --sigstruct changed.sig one.elf
check "R23.7 run: and says so" grep -q "changed.sig: not a SIGSTRUCT that INIT takes: R23.7" "$work/err"
check "run: a TCS that is none" refuses run "one.elf: the first segment, that of the TCSs, has 1 pages, and none of number 1" --key key.pem --tcs 1 one.elf
check "bench: an operand" wrong bench "unexpected argument fast" fast
echo "1..$count"
