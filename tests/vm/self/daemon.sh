#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Leaves a process behind that holds its output open: init ends it.
echo "KTAP version 1"
echo "1..1"
(trap "" HUP; sleep 1000) &
echo "ok 1 first"
