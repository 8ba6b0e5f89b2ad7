#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# avow policy check and test as commands: what they print, and their exit status.
set -euo pipefail

# shellcheck source=tests/policy/tap.sh
. "$(dirname -- "$0")/tap.sh"

# said NAME STATUS OUT ERR ARGUMENT...: these words, all of them.
said() {
	local name=$1 status=$2 wanted_out=$3 wanted_err=$4
	shift 4
	run "$status" "$name" "$@" || return 0
	same "$name" "$out|$err" "$wanted_out|$wanted_err"
}

# wrong NAME WORDS ARGUMENT...: exit status 2, nothing on standard output, and this message.
wrong() {
	local name=$1 words=$2
	shift 2
	said "$name" 2 "" "avow: policy $words" "$@"
}

# json NAME STATUS PYTHON ARGUMENT...: prints JSON, of which this holds; d is the document.
json() {
	local name=$1 status=$2 holds=$3
	shift 3
	run "$status" "$name" "$@" || return 0
	if perl -MJSON::PP -e '
		local $/; my $d = decode_json(<STDIN>); exit(eval($ARGV[0]) ? 0 : 1)' "$holds" <<<"$out" 2>"$work/perl"; then
		report ok "$name"
	else
		report 'not ok' "$name" "$out"$'\n'"$(<"$work/perl")"
	fi
}

put() {	# put NAME LINE...
	printf '%s\n' "${@:2}" >"$work/$1"
}

put good "# comment" "deny  load intent has x, source is anonymous" "audit map prot has wx" "default allow"
put one "deny init" "default deny"
put bad "deny load intent has x" $'\tdeny lod x' "allow map user is \"a" "default"
put doubtful "deny load file is $work/nothing or $work" "deny map program is $work" "deny load file under $work/one" \
	"deny map user is no-such-user or root" "deny map group is no-such-group, cgroup under /no/such/cgroup" "default allow"
put empty
mkdir -p "$work/real/sub"
touch "$work/real/sub/file"
ln -s real "$work/link"
put links "deny load file under $work/link/sub" "deny map program is $work/real/sub/file" "default allow"
long=/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17/18/19/20/21/22/23/24/25/26/27/28/29/30/31/32
put deep "deny load file under /nowhere$long" "audit load file under /nowhere" "default allow"
put cgroups "deny map cgroup under /1" "default allow"

said "R44 check: a good policy" 0 "$work/good: 2 rules, default allow" "" check "$work/good"
said "R44 check: one rule" 0 "$work/one: 1 rule, default deny" "" check "$work/one"
said "R44.2 check: errors with source and caret" 1 "" \
"$work/bad:2:7: 'lod': expected load, map or init
  	deny lod x
  	     ^~~
$work/bad:3:19: '\"a': the closing \" is missing
  allow map user is \"a
                    ^~
$work/bad:4:8: end of line: expected allow, deny or audit
  default
         ^" check "$work/bad"
said "R44.2 check: nothing in it" 1 "" \
	"$work/empty:2:1: end of file: the default is missing: expected default allow, default deny or default audit" check "$work/empty"
said "R44.2 check: no such file" 1 "" "$work/none: cannot read $work/none: No such file or directory" check "$work/none"
run 0 "R44 check: what this machine does not know" check "$work/doubtful" &&
	same "R44 check: what this machine does not know" "$(grep -oE '[0-9]+:[0-9]+: warning: .*' <<<"$err")" \
"1:19: warning: '$work/nothing': no such file here
1:$((19 + ${#work} + 12)): warning: '$work': a directory: 'file under' is for those
2:21: warning: '$work': not a file: no program has it
3:22: warning: '$work/one': not a directory: nothing is under it
4:18: warning: 'no-such-user': no such user here
5:19: warning: 'no-such-group': no such group here
5:47: warning: '/no/such/cgroup': no such cgroup here"
json "R44 check --json: good" 0 '$d->{good} && $d->{rules} == 2 && $d->{default} eq "allow" && !@{$d->{errors}}' check --json "$work/good"
json "R44.2 check --json: bad" 1 '!$d->{good} && @{$d->{errors}} == 3 && $d->{errors}[0]{line} == 2 && $d->{errors}[0]{column} == 7 &&
	$d->{errors}[0]{word} eq "lod" && $d->{errors}[0]{message} eq "expected load, map or init" &&
	$d->{errors}[0]{source} eq "\tdeny lod x"' check --json "$work/bad"
json "R44 check --json: warnings" 0 '$d->{good} && @{$d->{warnings}} == 7 && !@{$d->{errors}}' check --json "$work/doubtful"

said "R42 test: denied" 1 "deny: $work/good:2: deny load intent has x, source is anonymous (EACCES)" "" \
	test "$work/good" load intent=rx source=anonymous
said "R42 test: audited" 0 "audit: $work/good:3: audit map prot has wx" "" test "$work/good" map prot=wx
said "R42 test: allowed" 0 "allow: $work/good:4: default allow" "" test "$work/good" init
json "R42 test --json: denied" 1 '$d->{action} eq "deny" && $d->{errno} eq "EACCES" && $d->{line} == 2 && $d->{rule} == 1 &&
	$d->{text} eq "deny load intent has x, source is anonymous"' test --json "$work/good" load intent=rx source=anonymous
json "R42 test --json: allowed" 0 '$d->{action} eq "allow" && !defined($d->{errno}) && $d->{rule} == 3' test --json "$work/good" init
said "R42 test: a link in the policy" 1 "deny: $work/links:1: deny load file under $work/link/sub (EACCES)" "" \
	test "$work/links" load intent=r source=file-exec "file=$work/real/sub/nothing"
said "R42 test: a link in the request" 1 "deny: $work/links:2: deny map program is $work/real/sub/file (EACCES)" "" \
	test "$work/links" map prot=r "program=$work/link/sub/file"
said "R42 test: 32 directories are looked at" 1 "deny: $work/deep:1: deny load file under /nowhere$long (EACCES)" "" \
	test "$work/deep" load intent=r source=file-exec "file=/nowhere$long/f"
said "R42 test: and no more" 0 "allow: $work/deep:3: default allow" "" \
	test "$work/deep" load intent=r source=file-exec "file=/nowhere/0$long/f"
said "R42 test: 16 cgroups are looked at" 1 "deny: $work/cgroups:1: deny map cgroup under /1 (EACCES)" "" \
	test "$work/cgroups" map prot=r cgroup=/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16
said "R42 test: and no more" 0 "allow: $work/cgroups:2: default allow" "" \
	test "$work/cgroups" map prot=r cgroup=/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17

facts_load="intent, source, measured, file, setuid, setgid, verity, filesystem, mount, program, user, group or cgroup"
wrong "R44 test: unknown event" "test: 'lod': expected load, map or init" test "$work/good" lod
wrong "R44 test: unknown fact" "test: 'colour': expected $facts_load" test "$work/good" load colour=red
wrong "R44 test: a fact of another event" "test: 'signer': belongs to init; expected $facts_load" test "$work/good" load signer=0
wrong "R44 test: a fact of two other events" "test: 'measured': belongs to load and init; expected prot, history, program, user, group or cgroup" \
	test "$work/good" map measured=yes
wrong "R44 test: no value" "test: 'user': expected = and a value behind it" test "$work/good" map user
wrong "R44 test: an empty value" "test: 'user': expected a name" test "$work/good" map prot=r user=
wrong "R44 test: twice" "test: 'user': given twice" test "$work/good" map user=1 user=2
wrong "R44 test: wrong rights" "test: 'xr': expected r, w, x, rw, rx, wx, rwx or none" test "$work/good" map prot=xr
wrong "R44 test: wrong history" "test: 'r': expected w, x, wx or none" test "$work/good" map history=w,r
wrong "R44 test: neither yes nor no" "test: 'maybe': expected yes or no" test "$work/good" init debug=maybe
wrong "R44 test: a relative path" "test: 'x.so': expected an absolute path" test "$work/good" load file=x.so
wrong "R44 test: a number too big" "test: '65536': expected a number up to 65535" test "$work/good" init svn=65536
wrong "R44 test: a load of nothing" "test: 'load': what is loaded? intent=... and source=... are missing" test "$work/good" load intent=r
wrong "R44 test: a mapping without rights" "test: 'map': with which rights? prot=... is missing" test "$work/good" map
wrong "R1.3 R44 test: W without R" "test: 'intent': the kernel refuses w without r before any policy (R1.3)" \
	test "$work/good" load intent=wx source=shmem
wrong "R44 test: a file of anonymous memory" "test: 'filesystem': anonymous memory has no file" \
	test "$work/good" load intent=r source=anonymous filesystem=ext4
run 2 "R44.2 test: a bad policy is no answer" test "$work/bad" init &&
	same "R44.2 test: a bad policy is no answer" "$out${err%%:*}" "$work/bad"

wrong "policy check: no file" "check: something is missing, it takes FILE; see avow policy check --help" check
wrong "policy check: two files" "check: unexpected argument $work/one; see avow policy check --help" check "$work/good" "$work/one"
wrong "policy test: no event" "test: something is missing, it takes FILE EVENT [FACT=VALUE...]; see avow policy test --help" test "$work/good"
wrong "policy: unknown option" "check: unknown option --loud; see avow policy check --help" check --loud "$work/good"
said "policy: unknown verb" 2 "" "avow: policy: unknown verb 'nonsense'; see avow policy --help" nonsense
for verb in check test; do
	run 0 "policy $verb --help" "$verb" --help &&
		same "policy $verb --help" "${out%%]*}" "Usage: avow policy $verb [--json"
done
run 0 "policy --help" --help && same "policy --help" "${out%% VERB*}" "Usage: avow policy"

# Whoever links the library gets no other names.
same "the library's names begin with avow_policy_" \
	"$(nm -g --defined-only "${AVOW%/bin/avow}/obj/policy/libavow-policy.a" 2>/dev/null | awk 'NF == 3 { print $3 }' | sort -u |
		grep -v '^avow_policy_\|^__odr_asan\|^__asan')" ""
plan
