#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# build.sh DIRECTORY: Debian packages, beside this directory, which is made: what git has or would
# have, so that nothing of another build is in it.
set -euo pipefail
cd -- "$(dirname -- "$0")/../.."

rm -rf "$1"
mkdir -p "$1"
git ls-files -z --cached --others --exclude-standard | while IFS= read -r -d '' file; do
	[ ! -e "$file" ] || printf '%s\0' "$file"
done | xargs -0 cp --parents -t "$1"
cd -- "$1"
DEB_BUILD_OPTIONS="parallel=$(nproc)" exec dpkg-buildpackage -b -us -uc
