# SPDX-License-Identifier: LGPL-2.1-or-later
# What the examples' makefiles share: an enclave, its host, and a key to sign with, by what pkg-config says of
# libavow-enclave and libavow. In this tree ./dev and tests build them by what they were built with (make examples).
CFLAGS ?= -O2 -g -Wall -Wextra
O ?= .
INSIDE := $(shell pkg-config --cflags libavow-enclave)
INSIDE_LIBS := $(shell pkg-config --libs libavow-enclave)
OUTSIDE := $(shell pkg-config --cflags libavow)
OUTSIDE_LIBS := $(shell pkg-config --libs libavow)

all: $(O)/enclave.elf $(O)/host $(O)/key.pem

$(O)/enclave.elf: enclave.c $(wildcard *.h)
	$(CC) -std=c11 $(CFLAGS) $(INSIDE) -o $@ $< $(INSIDE_LIBS)

$(O)/host: host.c $(wildcard *.h)
	$(CC) -std=c11 -D_GNU_SOURCE $(CFLAGS) $(OUTSIDE) -o $@ $< $(OUTSIDE_LIBS) $(LIBS)

# Whoever has this key can make enclaves that read what this one sealed. RSA-3072 with exponent 3, as SGX wants it.
$(O)/key.pem:
	openssl genrsa -3 -out $@ 3072

clean:
	rm -f $(O)/enclave.elf $(O)/host $(O)/key.pem

.PHONY: all clean
