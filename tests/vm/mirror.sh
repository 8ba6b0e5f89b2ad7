#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# mirror.sh DIR SOURCE...: makes DIR a tree of real directories and of links to
# the files of each SOURCE, so that a build in DIR leaves the sources clean. A
# link whose file is gone is removed; what was built there stays.
set -euo pipefail

destination=$1
shift
mkdir -p "$destination"
here=$PWD
for source in "$@"; do
	if [ ! -e "$source" ]; then
		echo "mirror: no $source here" >&2
		exit 1
	fi
	find "$source" -type d -printf '%p\0' | (cd "$destination" && xargs -0r mkdir -p)
	while IFS= read -r -d '' file; do
		[ "$destination/$file" -ef "$here/$file" ] || ln -sf "$here/$file" "$destination/$file"
	done < <(find "$source" -type f \( -name '*.[chS]' -o -name Kbuild -o -name Makefile \) -print0)
done
find "$destination" -xtype l -delete
