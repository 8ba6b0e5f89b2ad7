# SPDX-License-Identifier: LGPL-2.1-or-later
# Of libavow and libavow-enclave, and of the packages: that of the module.
VERSION := $(shell sed -n 's/^\#define AVOW_VERSION "\(.*\)"/\1/p' $(dir $(lastword $(MAKEFILE_LIST)))../kmod/version.h)
