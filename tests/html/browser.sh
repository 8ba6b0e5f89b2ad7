# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A headless Chromium that is driven through two pipes: sourced, not run. It is asked by
# messages of the DevTools protocol, each of which ends with a NUL; commands have numbers,
# and what has none is an event. EVENTS is a file with all that came.

BROWSER_PID=
NUMBER=0
SESSION=

# browser_start DIRECTORY: its profile and events go there.
browser_start() {
	EVENTS=$1/events
	: >"$EVENTS"
	rm -f "$1/in" "$1/out"
	mkfifo "$1/in" "$1/out"
	# No sandbox: as root it has none, and the page has no network to come from.
	chromium --headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run --hide-scrollbars \
		--disable-background-networking --disable-component-update --disable-sync --mute-audio \
		--remote-debugging-pipe --user-data-dir="$1/profile" --window-size=1280,900 about:blank \
		3<"$1/in" 4>"$1/out" >"$1/chromium.log" 2>&1 &
	BROWSER_PID=$!
	exec {TO}>"$1/in" {FROM}<"$1/out"
	local target
	ask Target.createTarget '{"url":"about:blank"}'
	target=$(field targetId)
	ask Target.attachToTarget "{\"targetId\":\"$target\",\"flatten\":true}"
	SESSION=$(field sessionId)
	ask Page.enable '{}'
	ask Network.enable '{}'
	ask Runtime.enable '{}'
	ask Log.enable '{}'
}

browser_stop() {
	[ -n "$BROWSER_PID" ] || return 0
	SESSION=
	ask Browser.close '{}' 2>/dev/null || kill "$BROWSER_PID" 2>/dev/null || true
	wait "$BROWSER_PID" 2>/dev/null || true
	BROWSER_PID=
}

# The next message, in MESSAGE.
receive() {
	IFS= read -r -d '' -t 20 -u "$FROM" MESSAGE || { echo "the browser says nothing" >&2; return 1; }
	printf '%s\n' "$MESSAGE" >>"$EVENTS"
}

# ask METHOD PARAMETERS: the answer is in MESSAGE; fails where it is an error.
ask() {
	NUMBER=$((NUMBER + 1))
	printf '{"id":%d,"method":"%s","params":%s%s}\0' "$NUMBER" "$1" "$2" \
		"${SESSION:+,\"sessionId\":\"$SESSION\"}" >&"$TO"
	while receive; do
		[[ "$MESSAGE" != "{\"id\":$NUMBER,"* ]] || break
	done
	[[ "$MESSAGE" == "{\"id\":$NUMBER,\"result\":"* ]] || { echo "$1: $MESSAGE" >&2; return 1; }
}

# field NAME: a string in the answer.
field() {
	printf '%s\n' "$MESSAGE" | grep -oE "\"$1\":\"[^\"]*\"" | head -n 1 | cut -d '"' -f 4
}

# open_page FILE: and waits until its script has run.
open_page() {
	ask Page.navigate "{\"url\":\"file://$1\"}"
	local i
	for ((i = 0; i < 300; i++)); do
		[ "$(value 'document.documentElement.dataset.ready||""')" != yes ] || return 0
		sleep 0.1
	done
	echo "the script of $1 has not ended" >&2
	return 1
}

# value EXPRESSION: of JavaScript, in double quotes; its value as a string, in which " is &quot; .
value() {
	local expression=${1//\\/\\\\}
	expression=${expression//\"/\\\"}
	ask Runtime.evaluate "{\"expression\":\"String($expression).replaceAll('\\\"','&quot;').replaceAll('\\\\\\\\','&#92;')\",\"returnByValue\":true}" || return 1
	field value
}

# mouse TYPE X Y [MORE]: as the protocol has them.
mouse() {
	ask Input.dispatchMouseEvent "{\"type\":\"$1\",\"x\":$2,\"y\":$3${4:+,$4}}"
}

# Types a text where the focus is.
type_text() {
	ask Input.insertText "{\"text\":\"$1\"}"
}

press() {
	ask Input.dispatchKeyEvent "{\"type\":\"keyDown\",\"key\":\"$1\"${2:+,\"text\":\"$2\"}}"
	ask Input.dispatchKeyEvent "{\"type\":\"keyUp\",\"key\":\"$1\"}"
}
