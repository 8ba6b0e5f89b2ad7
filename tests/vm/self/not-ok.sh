#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A failed case under an exit status of success.
echo "KTAP version 1"
echo "1..2"
echo "ok 1 first"
echo "not ok 2 second"
