#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Prints without end.
exec yes "# again and again"
