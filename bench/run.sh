# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# ./dev bench: sourced by ./dev.

# REP STOS and REP MOVS are counted once for each repetition. Without these features the
# kernel clears and copies pages by words of eight bytes, as the counts are compared with.
BENCH_CPU=max,level=0x20,-erms,-fsrm
# By how many percent the medians of two boots may differ.
BENCH_BOUND=0.5

build_bench() {
	quietly "building the benchmarks" make "$JOBS" bench
	quietly "building its modules for $KREL" make floor intree KREL="$KREL" KDIR="$KDIR" \
		BTF="$KIMAGE/vmlinux.btf"
	build_command
}

# bench_boot RAW CPUS ARGUMENT...: one boot, its numbers to the end of the file RAW.
# Instructions are counted on one processor.
bench_boot() {
	local raw=$1 cpus=$2 status=0 how
	shift 2
	machine_command
	add_avow
	MACHINE+=(--cpus "$cpus" --cpu "$BENCH_CPU" --kernel-arg nokaslr --timeout 3600
		--data "$B/bench/data" --extra "$B/$KREL/avow.ko=/lib/bench/avow.ko"
		--extra "$B/$KREL-floor/floor.ko=/lib/bench/floor.ko"
		--extra "$B/$KREL-intree/intree.ko=/lib/bench/intree.ko" --mem 2048)
	how="$cpus processors"
	if [ "$cpus" -eq 1 ]; then
		MACHINE+=(--icount)
		how="instructions counted"
	fi
	say "booting Linux $KREL, $how"
	"${MACHINE[@]}" run "$B/bench/bin/bench" --avow /lib/bench/avow.ko \
		--floor /lib/bench/floor.ko --intree /lib/bench/intree.ko "$@" </dev/null >>"$raw" || status=$?
	[ "$status" -eq 0 ] || die "the benchmarks failed ($status)"
}

# bench_measure RAW ARGUMENT...: all its numbers, or those of --only FAMILY. What processors
# do at once (bench/threads.c) is measured on a machine that has as many.
bench_measure() {
	local raw=$1 cpus how="-icount shift=0; 8 processors without it"
	local -a machines=(1 8)
	shift
	case " $* " in
	*" --only threads "*) machines=(8) how="8 processors, no -icount" ;;
	*" --only "*) machines=(1) how="-icount shift=0" ;;
	esac
	{
		echo "# kernel: $KREL"
		echo "# CPU: $BENCH_CPU (QEMU TCG, $how)"
		echo "# commit: $(git -C "$TOP" describe --always --dirty 2>/dev/null || echo unknown)"
	} >"$raw"
	for cpus in "${machines[@]}"; do
		bench_boot "$raw" "$cpus" "$@"
	done
}

# bench_run TWICE RAW REPORT... -- ARGUMENT...: the table; the options of bench/report and
# of the guest's program.
bench_run() {
	local twice=$1 raw=$2
	local -a report=(--comparisons bench/comparisons)
	shift 2
	while [ "$1" != -- ]; do
		report+=("$1")
		shift
	done
	shift
	bench_measure "$raw" "$@"
	if [ "$twice" = yes ]; then
		bench_measure "$raw.again" "$@"
		report+=(--against "$raw.again" --bound "$BENCH_BOUND")
	fi
	"$B/bench/report" "${report[@]}" "$raw"
}
