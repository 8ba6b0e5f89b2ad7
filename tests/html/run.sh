#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# run.sh DIRECTORY: R18.4, R19: the pages that DIRECTORY/pages makes, in a headless Chromium;
# KTAP. What a user does is done by events of mouse and keyboard.
set -euo pipefail
here=$(cd -- "$(dirname -- "$0")" && pwd)
made=$1
# shellcheck source=tests/html/browser.sh
. "$here/browser.sh"
# shellcheck source=tests/command.sh
. "$here/../command.sh"
trap 'browser_stop; rm -rf "$work"' EXIT

all() {		# all COMMAND...: and each so() in it
	FAILED=no
	"$@" && [ "$FAILED" = no ]
}

# so EXPRESSION...: each is true in the page. What calls it goes on after one that is not.
so() {
	local expression
	for expression; do
		if [ "$(value "$expression")" != true ]; then
			echo "not so: $expression"
			value "document.getElementById('status').textContent+' | '+document.getElementById('tip').textContent" || true
			FAILED=yes
		fi
	done
}

# A place on the map: as a fraction of the view, in the lane of this number.
x_of() {
	value "Math.round((()=>{const b=document.getElementById('map').getBoundingClientRect();return b.left+78+$1*(b.width-78)})())"
}

y_of() {
	value "Math.round(document.getElementById('map').getBoundingClientRect().top+22+36*$1+18)"
}

nothing_from_outside() {
	local data
	data=$(sed -n '/id="data">/,/<\/script>/p' "$made/small.html" | sed 's/.*id="data">//; s/<\/script>.*//')
	if [ -z "$data" ] || grep -q "[<>&]" <<<"$data"; then
		echo "the data have < or &"
		return 1
	fi
	! grep -oE '(src|href|action|formaction|data|poster)=|@import|url\(|https?:|//[a-z]' \
		<(sed '/id="data">/,/<\/script>/d' "$made/small.html")
}

# All that the browser asked for is the file itself.
asked_for_itself() {
	local asked
	asked=$(grep -oE '"method":"Network.requestWillBeSent".*' "$EVENTS" | grep -oE '"request":\{"url":"[^"]*"' |
		sort -u | grep -vE "\"file://$made/(small|large|none)\.html\"" || true)
	[ -z "$asked" ] || { echo "$asked"; return 1; }
	grep -q '"method":"Network.requestWillBeSent"' "$EVENTS"
}

no_complaint() {
	! grep -E '"method":"Runtime.exceptionThrown"|"method":"Log.entryAdded".*"level":"error"|"type":"error"' "$EVENTS"
}

other_scripts_do_not_run() {
	value "(()=>{const s=document.createElement('script');s.textContent='window.taken=1';document.body.append(s);
		document.body.setAttribute('onclick','window.taken=2');document.body.click()})()" >/dev/null
	sleep 0.3
	so "window.taken===undefined"
	# These two are what the page's policy has complained of.
	sed -i '/Content Security Policy/d' "$EVENTS"
}

hostile_names() {
	so "document.title==='Process 60 (<i>&x)'" "document.scripts.length===2" "!document.querySelector('b,td script,td *')" \
		"document.getElementById('runs').textContent.includes(\"/tmp/</script><script>document.title='taken'</script>&lt;<!--\\\\xff\\\\\\\\\\\"'\\\\u{202e}gnp.so\")" \
		"document.getElementById('refusals').textContent.includes('<b>loader</b> [60/60]')"
}

runs_told() {
	so "document.querySelectorAll('#runs tbody tr').length===7" \
		"document.getElementById('status').textContent==='View 0x0-0x40000, 256 KiB: 7 runs, 40 pages'" \
		"[...document.querySelectorAll('#runs tbody tr:nth-child(5) td')].map(t=>t.textContent).join('|')==='0x14000|0x2000|RWX|RWX|RW-|REG|WX|explicit|anonymous'" \
		"document.querySelectorAll('#runs tr:nth-child(5) .alarm').length===3" \
		"[...document.querySelectorAll('#runs tbody tr:nth-child(7) td')].map(t=>t.textContent).join('|')==='0x28000|0x10000|RW-|-|-|REG|-|dynamic|none'" \
		"document.getElementById('about').textContent.startsWith('0x7f0000000000-0x7f0000040000, 256 KiB, contract strict, created initialized, descriptors 3, 5')" \
		"document.getElementById('unreachable').textContent.includes('0x1000-0x3000')"
}

# Dots of a colour in a lane of the map.
dots() {
	value "(()=>{const c=document.getElementById('map'),r=c.width/c.clientWidth,g=c.getContext('2d'),
		d=g.getImageData(0,(22+36*$1+18)*r,c.width,1).data;let n=0;
		for(let i=0;i<d.length;i+=4)if(d[i]===$2&&d[i+1]===$3&&d[i+2]===$4)n++;return n})()"
}

# near WANT GOT SLACK
near() {
	if [ "$2" -lt $(($1 - $3)) ] || [ "$2" -gt $(($1 + $3)) ]; then
		echo "$2, and not $1"
		FAILED=yes
	fi
}

# pages NUMBER LANE COLOUR: so many of the 64 in view have it in this lane; a dot of each is the grid's.
pages() {
	local width
	width=$(value "document.getElementById('map').clientWidth-78")
	# shellcheck disable=SC2086 # red, green, blue
	near $((width * $1 / 64 - $1)) "$(dots "$2" $3)" 4
}

drawn() {
	local r='76 141 255' rw='45 164 78' rx='212 160 23' rwx='229 72 77'
	pages 6 0 "$r"
	pages 26 0 "$rw"
	pages 6 0 "$rx"
	pages 2 0 "$rwx"
	pages 10 1 "$rw"	# EPCM: not where no page is
	pages 14 2 "$rw"	# mapped
	pages 2 3 "$rwx"	# ever W and X
	near 36 "$(dots 5 "229" 72 77)" 3	# refusals of two pages, without a grid
}

hover() {
	mouse mouseMoved "$(x_of 9.5/64)" "$(y_of 0)"
	so "!document.getElementById('tip').hidden" \
		"document.getElementById('tip').textContent.startsWith('offset 0x9000, address 0x7f0000009000')" \
		"document.getElementById('tip').textContent.includes('intent: R--')" \
		"document.getElementById('tip').textContent.includes('document.title=')" \
		"document.getElementById('tip').textContent.includes('refused: R8.2 mprotect() R-X EACCES')"
	mouse mouseMoved "$(x_of 30.5/64)" "$(y_of 2)"
	so "document.getElementById('tip').textContent.includes('hole')"
	mouse mouseMoved 5 5
	so "document.getElementById('tip').hidden"
}

zoom() {
	local x y
	x=$(x_of 21/64) y=$(y_of 0)
	mouse mouseMoved "$x" "$y"
	mouse mouseWheel "$x" "$y" '"deltaX":0,"deltaY":-1000'
	so "document.querySelectorAll('#runs tbody tr').length<7" "document.getElementById('status').textContent.includes('0x1')"
	# What was under the pointer still is.
	mouse mouseMoved "$x" "$y"
	so "document.getElementById('tip').textContent.startsWith('offset 0x15000')||document.getElementById('tip').textContent.startsWith('offset 0x14000')"
	mouse mousePressed "$x" "$y" '"button":"left","buttons":1,"clickCount":1'
	mouse mouseMoved $((x - 200)) "$y" '"button":"left","buttons":1'
	mouse mouseReleased $((x - 200)) "$y" '"button":"left","buttons":0,"clickCount":1'
	so "!document.getElementById('status').textContent.startsWith('View 0x0-')"
	value "document.getElementById('map').focus()" >/dev/null
	press 0 0
	so "document.getElementById('status').textContent.startsWith('View 0x0-0x40000')" "document.getElementById('all').disabled"
	press + +
	so "document.getElementById('status').textContent.startsWith('View 0x10000-0x30000')"
	press ArrowLeft
	so "document.getElementById('status').textContent.startsWith('View 0x8000-0x28000')"
	press - -
	so "document.getElementById('status').textContent.startsWith('View 0x0-0x40000')"
	for _ in 1 2 3 4 5 6 7 8; do press + +; done
	so "document.getElementById('in').disabled"
	press 0 0
}

search_for() {
	value "(document.getElementById('search').value='',document.getElementById('search').focus())" >/dev/null
	type_text "$1"
}

search() {
	search_for 'rwx explicit'
	so "document.getElementById('matches').textContent==='1 runs'" "document.querySelectorAll('#runs tbody tr').length===1"
	press Enter
	so "document.getElementById('matches').textContent==='1 of 1 runs'" \
		"document.getElementById('status').textContent.startsWith('View 0xc000-0x1e000')"
	search_for 'r-- .so'
	so "document.getElementById('matches').textContent==='1 runs'"
	search_for 'no such words'
	so "document.getElementById('matches').textContent==='0 runs'"
	search_for 0x7f0000014123
	so "document.getElementById('status').textContent.startsWith('View 0xc000-0x1d000')"
	search_for 0x7f0000040000
	so "document.getElementById('matches').textContent==='not in this enclave'"
	search_for ' '
	value "document.getElementById('all').click()" >/dev/null
}

refused() {
	so "document.querySelectorAll('#refusals tbody tr').length===3" \
		"document.getElementById('refused').textContent.includes('4 more came before')" \
		"document.querySelector('#refusals tbody tr').textContent.includes('ask for fewer rights')" \
		"document.querySelector('#refusals tbody tr:nth-child(3) td:nth-child(5)').textContent==='-'"
	value "document.querySelector('#refusals tbody tr:nth-child(2)').click()" >/dev/null
	so "document.getElementById('status').textContent.startsWith('View 0xd000-0x1e000')"
}

# A page of RWX among a million runs is seen, and found.
large() {
	SECONDS=0
	open_page "$made/large.html"
	[ "$SECONDS" -lt 30 ] || { echo "$SECONDS seconds"; return 1; }
	so "document.getElementById('status').textContent.startsWith('View 0x0-0x1000000000, 64 GiB: 1000000 runs, 7999993 pages')" \
		"document.querySelectorAll('#runs tbody tr').length===200" \
		"document.getElementById('listed').textContent.includes('The first 200 of 1000000')"
	[ "$(dots 0 229 72 77)" -ge 1 ] || { echo "RWX is not seen"; FAILED=yes; }
	search_for rwx
	so "document.getElementById('matches').textContent==='1 runs'"
	press Enter
	so "document.querySelector('#runs tbody td').textContent==='0x'+(777777*16*4096).toString(16)"
	SECONDS=0
	mouse mouseWheel "$(x_of 0.5)" "$(y_of 0)" '"deltaX":0,"deltaY":8000'
	so "document.getElementById('status').textContent.includes('that match')"
	[ "$SECONDS" -lt 10 ] || { echo "$SECONDS seconds for a zoom"; return 1; }
}

none() {
	open_page "$made/none.html"
	so "document.getElementById('about').textContent.startsWith('not created yet')" \
		"document.getElementById('refused').textContent==='Nothing was refused.'" \
		"document.getElementById('listed').textContent==='None.'"
}

echo "KTAP version 1"
check "R19 pages are made" "$made/pages" "$made"
check "R19 the file refers to nothing, and its data are no HTML" all nothing_from_outside
check "the browser starts" all browser_start "$work"
check "R19 a page is opened" all open_page "$made/small.html"
check "R19 names that are HTML, no UTF-8, or turn around are text" all hostile_names
check "R19 the runs are told" all runs_told
check "R19 the lanes are drawn" all drawn
check "R19 hover tells a page, and a hole" all hover
check "R19 zoom by wheel, keys, and dragging" all zoom
check "R19 search by words and address" all search
check "R18.4 the refusals, and where they were" all refused
check "R19 no other script runs in the page" all other_scripts_do_not_run
check "R19 64 GiB of a million runs" all large
check "R19 an enclave before CREATE" all none
check "R19 nothing but the files was asked for" all asked_for_itself
check "R19 the browser complains of nothing" all no_complaint
echo "1..$count"
