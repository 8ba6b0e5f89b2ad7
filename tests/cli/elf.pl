#!/usr/bin/env perl
# SPDX-License-Identifier: LGPL-2.1-or-later
# elf.pl FILE IN_FILE IN_MEMORY: an enclave of a TCS and a segment to be read, which is its SSA frame's, too, of so many
# bytes: counted words as far as it is in the file, zeros behind. Good enough to be signed.
use strict;
use warnings;

my ($file, $in_file, $in_memory) = @ARGV;
my $header = "\x7fELF\2\1\1" . "\0" x 9 . pack("SSLQQQLSSSSSS", 2, 62, 1, 0, 64, 0, 0, 64, 56, 2, 0, 0, 0);

sub load {	# rights, offset, address, bytes in the file and in memory
	return pack("LLQQQQQQ", 1, @_[0 .. 2], 0, @_[3, 4], 4096);
}

open(my $to, ">:raw", $file) or die "$file: $!\n";
print $to $header, load(6, 4096, 0, 4096, 4096), load(4, 8192, 4096, $in_file, $in_memory), "\0" x (4096 - 64 - 2 * 56),
	pack("x16QLLx4064", 4096, 0, 1), pack("N*", 1 .. $in_file / 4);
close($to) or die "$file: $!\n";
