#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A test that passes if it finds in its environment what the job adds.
echo "KTAP version 1"
echo "1..1"
echo "# it was told: $TOLD"
if [ "$TOLD" = "a word" ]; then
	echo "ok 1 told"
else
	echo "not ok 1 told"
fi
