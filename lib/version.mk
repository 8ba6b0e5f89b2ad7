# SPDX-License-Identifier: LGPL-2.1-or-later
# Of libavow and libavow-enclave.
VERSION := 0.1
