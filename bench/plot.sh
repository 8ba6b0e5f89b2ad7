#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# plot.sh REPORT CURVES COMPARISONS RAW DIRECTORY: NAME.svg and NAME.png of each plot, with
# its numbers beside in NAME.dat. Both axes are logarithmic.
set -euo pipefail

report=$1 curves=$2 comparisons=$3 raw=$4 directory=$5

mkdir -p "$directory"
"$report" --comparisons "$comparisons" --partial --curves "$curves" --plots "$directory" "$raw" |
	while IFS=$'\t' read -r name series x y title; do
		for terminal in svg png; do
			gnuplot <<-END
				set terminal $terminal size 800,500 noenhanced
				set output "$directory/$name.$terminal"
				set title "$title"
				set xlabel "$x"
				set ylabel "$y"
				set logscale xy
				set key left top
				set grid
				plot for [i=0:$((series - 1))] "$directory/$name.dat" index i \
					using 1:2 with linespoints title columnheader(1)
			END
		done
		echo "$directory/$name.svg, $name.png"
	done
