#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# screenshot.sh DIRECTORY FILE: a picture of the page that DIRECTORY/pages makes, for docs/.
set -euo pipefail
here=$(cd -- "$(dirname -- "$0")" && pwd)
# shellcheck source=tests/html/browser.sh
. "$here/browser.sh"

work=$(mktemp -d)
trap 'browser_stop; rm -rf "$work"' EXIT
"$1/pages" "$1"
browser_start "$work"
open_page "$1/picture.html"
x=$(value "document.getElementById('map').getBoundingClientRect().left+360")
y=$(value "document.getElementById('map').getBoundingClientRect().top+40")
mouse mouseMoved "${x%.*}" "${y%.*}"
ask Page.captureScreenshot '{"format":"png"}'
field data | base64 -d >"$2"
ls -l "$2"
