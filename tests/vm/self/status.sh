#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# All well, by its own account, and an exit status that says otherwise.
echo "KTAP version 1"
echo "1..1"
echo "ok 1 first"
exit 1
