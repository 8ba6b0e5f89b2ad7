#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Panics the kernel.
echo "KTAP version 1"
echo "1..1"
echo "ok 1 first"
echo c >/proc/sysrq-trigger
sleep 30
