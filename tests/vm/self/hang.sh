#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Never ends, nor do its children.
echo "KTAP version 1"
echo "1..1"
echo "ok 1 first"
trap "" TERM HUP INT
sleep 1000 &
while :; do sleep 1000; done
