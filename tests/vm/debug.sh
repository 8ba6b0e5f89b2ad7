# shellcheck shell=bash disable=SC2034
# SPDX-License-Identifier: LGPL-2.1-or-later
# KERNEL=debug, for ./dev: sourced by kernel.sh. A kernel made to catch mistakes is built of
# Debian's source, with what debug.config wants and nothing else, once; then it is in the
# cache like any other: its release ends in a key of all that it was made of.

DEBUG_SOURCE=linux-source-6.1
DEBUG_COMPILER=gcc-12
DEBUG_CONFIG=$(dirname -- "${BASH_SOURCE[0]}")/debug.config
DEBUG_PACKAGES=(bc bison flex libelf-dev libssl-dev pahole make gcc libc6-dev lz4 xz-utils kmod perl)
# Lines that the build prints, about: for showing how far it is.
DEBUG_STEPS=1900
# To be changed where something below changes what comes out.
DEBUG_RECIPE=1

# How avow.ko is built for it. The kernel itself is compiled without: it would be slow, and
# it is the module that is looked at.
DEBUG_MODULE=(UBSAN_SANITIZE=y KCOV_INSTRUMENT=y)
# How many times longer everything may take there.
DEBUG_SLOW=4
# MiB: KASAN keeps books of all memory; but kmemleak looks at each page's, which takes its time.
DEBUG_MEMORY=1536

# In the tests every slab allocation can be made to fail, but those of kmemleak and debugobjects,
# which would give up. Redzones and poison of slabs are left out: KASAN has its own.
DEBUG_SLABS="slub_debug=-,kmemleak_object,kmemleak_scan_area,debug_objects_cache;A"

# Source, configuration and compiler, as one word.
debug_key() {
	{
		echo "$DEBUG_RECIPE"
		dpkg-query -W -f='${Version}\n' "$DEBUG_SOURCE"
		"$DEBUG_COMPILER" --version | head -n 1
		grep -E '^(# )?CONFIG_' "$DEBUG_CONFIG"
	} | sha256sum | cut -c 1-12
}

# Is this release made of what is here now?
debug_current() {
	[[ $1 == *-avow-debug-"$(debug_key)" ]]
}

# The lines of a fragment that a configuration has not.
debug_missing() {	# debug_missing FRAGMENT CONFIG
	grep -E '^(# )?CONFIG_' "$1" | grep -vxFf "$2" || true
}

debug_configure() {	# debug_configure TREE KEY
	local missing
	cp "$DEBUG_CONFIG" "$1/avow.config" || return 1
	echo "CONFIG_LOCALVERSION=\"-avow-debug-$2\"" >>"$1/avow.config"
	debug_make "$1" KCONFIG_ALLCONFIG=avow.config allnoconfig || return 1
	# What depends on something that is not there vanishes without a word.
	missing=$(debug_missing "$1/avow.config" "$1/.config")
	[ -z "$missing" ] ||
		die "not in the kernel's configuration, in spite of debug.config: ${missing//$'\n'/, }"
}

# One line now and then, as long as the build appends to the log.
debug_progress() {	# debug_progress LOG
	local began=$SECONDS lines
	while sleep 30; do
		lines=$(wc -l <"$1") || return 0
		say "building Linux for KERNEL=debug: $((SECONDS - began)) s," \
			"about $((lines < DEBUG_STEPS ? 100 * lines / DEBUG_STEPS : 99)) %"
	done
}

debug_make() {		# debug_make TREE ARGUMENT...
	local tree=$1 progress status=0
	shift
	# MAKEFLAGS and O of a make that ./dev may have been started by are not for it.
	debug_progress "$tree/build.log" &
	progress=$!
	env -u MAKEFLAGS -u MAKELEVEL -u O nice -n 10 make -C "$tree" "-j$(nproc)" \
		KBUILD_BUILD_USER=avow KBUILD_BUILD_HOST=avow "$@" >>"$tree/build.log" 2>&1 </dev/null ||
		status=$?
	kill "$progress"
	wait "$progress" 2>/dev/null || true
	[ "$status" -eq 0 ] || grep -v '^  [A-Z]' "$tree/build.log" | tail -n 30 | sed 's/^/  | /' >&2
	return "$status"
}

# What a module is built with: the part of the tree that Debian's headers have, too.
debug_headers() {	# debug_headers TREE DIRECTORY
	mkdir -p "$2" || return 1
	(
		cd "$1" || exit 1
		{
			printf '%s\n' .config .kernelvariables Module.symvers tools/objtool/objtool
			find . arch/x86 -maxdepth 1 -name 'Makefile*'
			find include scripts arch/x86/include \( -type f -o -type l \) ! -name '*.o' ! -name '*.cmd'
		} | tar -cf - -T -
	) | tar -xf - -C "$2"
}

# The image as if it had come in a package.
debug_image() {		# debug_image TREE DIRECTORY RELEASE
	mkdir -p "$2/boot" "$2/lib/modules/$3" &&
		cp "$1/arch/x86/boot/bzImage" "$2/boot/vmlinuz-$3" &&
		cp "$1/.config" "$2/boot/config-$3" &&
		cp "$1/vmlinux" "$2/boot/vmlinux-$3" &&
		cp "$1/modules.builtin" "$1/modules.builtin.modinfo" "$2/lib/modules/$3" &&
		touch "$2/lib/modules/$3/modules.order"
}

# Builds it and puts it into the cache, which is ours now.
debug_build() {
	local archive=/usr/src/$DEBUG_SOURCE.tar.xz temporary
	need_packages "${DEBUG_PACKAGES[@]}"
	[ -r "$archive" ] || die "$DEBUG_SOURCE is installed but $archive is not there"
	need_space "$CACHE" $((5 * 1024 * 1024)) "building a kernel"
	temporary=$(mktemp -d "$CACHE/tmp.XXXXXX")
	TEMPORARY+=("$temporary")
	say "KERNEL=debug: unpacking $archive"
	tar -C "$temporary" -xJf "$archive" || die "cannot unpack $archive"
	debug_build_tree "$temporary/$DEBUG_SOURCE" "$temporary"
	rm -rf "$temporary"
}

debug_build_tree() {	# debug_build_tree TREE TEMPORARY
	local tree=$1 temporary=$2 release
	echo "CC = $DEBUG_COMPILER" >"$tree/.kernelvariables"
	debug_configure "$tree" "$(debug_key)" || die "the kernel for KERNEL=debug cannot be configured"
	say "KERNEL=debug: building it, once; that takes some ten minutes"
	debug_make "$tree" bzImage modules_prepare || die "the kernel for KERNEL=debug does not build"
	release=$(cat "$tree/include/config/kernel.release")
	# The exports of the kernel alone, for it has no modules.
	cp "$tree/vmlinux.symvers" "$tree/Module.symvers"
	if ! debug_headers "$tree" "$temporary/headers/usr/src/linux-headers-$release" ||
		! debug_image "$tree" "$temporary/kernel" "$release"; then
		die "the kernel for KERNEL=debug is not as expected"
	fi
	kernel_note "$temporary/kernel" "$release"
	debug_forget
	cache_place "$temporary/headers" headers "$release"
	cache_place "$temporary/kernel" kernel "$release"
	cache_current debug "$release"
}

# Those built before of something else.
debug_forget() {
	rm -rf "${CACHE:?}"/{kernel,headers}/*-avow-debug-*
}
