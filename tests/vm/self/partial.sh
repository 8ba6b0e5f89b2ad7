#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A test that passes and skips one of its cases.
echo "KTAP version 1"
echo "1..2"
echo "ok 1 first"
echo "ok 2 second # SKIP no such feature"
