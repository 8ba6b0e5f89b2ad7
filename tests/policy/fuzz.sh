#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
exec "$(dirname -- "$0")/../fuzz/short.sh" policy 30000 R44.2
