#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A line on the console as a WARN() in the kernel makes it.
echo "KTAP version 1"
echo "1..1"
echo "<4>WARNING: this is a test of the console" >/dev/kmsg
echo "ok 1 first"
