#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# In the virtual machine, beside systemd: what the packages have made of the system, then that they go.
# Prints a line "ok NAME" or "not ok NAME" for each check, and "end" after the last.
set -u
cd /root || exit 1

check() {	# check NAME COMMAND...
	name=$1
	shift
	if "$@" >out 2>&1; then
		echo "ok $name"
	else
		echo "not ok $name"
		sed 's/^/# /' out | tail -n 30
	fi
}

as() {		# as USER COMMAND...
	user=$1
	shift
	setpriv --reuid "$user" --regid "$user" --init-groups --reset-env "$@"
}

refuses() {	# refuses TEXT COMMAND...: the command fails and says so
	text=$1
	shift
	if "$@" >said 2>&1; then
		cat said
		return 1
	fi
	cat said
	grep -q -- "$text" said
}

says() {	# says TEXT COMMAND...: whatever its exit status
	text=$1
	shift
	"$@" >said 2>&1
	cat said
	grep -q -- "$text" said
}

# systemd answers a moment after it has begun.
wait_for_system() {
	tries=0
	until systemctl is-system-running >/dev/null 2>&1 || [ "$(systemctl is-system-running 2>/dev/null)" = degraded ]; do
		tries=$((tries + 1))
		[ "$tries" -lt 300 ] || return 1
		sleep 1
	done
}

no_failed_units() {
	systemctl --no-legend --plain --failed
	[ -z "$(systemctl --no-legend --plain --failed)" ]
}

device() {	# device PATH GROUP
	stat -c '%A %U %G %n' "$1"
	[ "$(stat -c '%A %U %G' "$1")" = "crw-rw---- root $2" ]
}

# Types are added in terms of the running kernel's as in terms of those of its image, which typed.o
# was given.
same_types() {
	mv "/boot/vmlinuz-$(uname -r)" vmlinuz
	sh "$(echo /usr/src/avow-*)/dkms/add-btf" untyped.o "$(uname -r)"
	mv vmlinuz "/boot/vmlinuz-$(uname -r)"
	for object in typed untyped; do
		objcopy -j .BTF --dump-section .BTF=$object.btf $object.o /dev/null || return 1
	done
	[ -s typed.btf ] && cmp typed.btf untyped.btf
}

since() {	# since UNIT: when it became active, in microseconds
	systemctl show --value -p ActiveEnterTimestampMonotonic "$1"
}

loaded_early() {
	echo "$(since avow-policy.service) $(since sysinit.target)"
	[ "$(since avow-policy.service)" -gt 0 ] && [ "$(since avow-policy.service)" -le "$(since sysinit.target)" ]
}

no_policy() {
	says '^policy  *none' avow policy show
}

# The unit where there is no policy.
unit_without_policy() {
	mv /etc/avow/policy kept.policy
	systemctl restart avow-policy && no_policy &&
		says 'unmet condition\|condition failed\|was skipped' sh -c 'systemctl status avow-policy; journalctl -u avow-policy -n 5'
	status=$?
	mv kept.policy /etc/avow/policy
	return "$status"
}

# The package's own script, without what DKMS does in it.
prerm_alone() {
	sed '/^# Automatically added/,/^# End automatically/d' /var/lib/dpkg/info/avow-dkms.prerm >prerm
	sh prerm remove
}

# While an enclave is there neither the module nor the policy goes.
busy() {
	exec 8<>/dev/sgx_enclave
	prerm_alone >said 2>&1
	exec 8>&-
	cat said
	grep -q 'avow.ko is in use' said && [ -d /sys/module/avow ] && says '/etc/avow/policy' avow policy show
}

same_as_before() {
	./snapshot.sh >after
	diff before after
}

nothing_of_the_module() {
	! grep '^avow ' /proc/modules && ! ls /dev/sgx* /sys/fs/bpf/avow 2>/dev/null &&
		! find "/lib/modules/$(uname -r)" -name 'avow*' | grep .
}

no_complaint() {
	! dmesg | grep -E 'BUG|WARNING:|Oops|Call Trace'
}

purge() {
	dpkg --purge avow-dkms avow-tools libavow-dev libavow1
}

check "the system boots" wait_for_system
check "no unit fails" no_failed_units
check "avow.ko is loaded at boot" grep '^avow ' /proc/modules
check "it is the one that DKMS has built" [ "$(modinfo -F filename avow)" = "/lib/modules/$(uname -r)/updates/dkms/avow.ko" ]
check "with its types" test -s /sys/kernel/btf/avow
check "types are the same, taken from the running kernel or from its image" same_types
check "modprobe avow does no harm" modprobe avow
check "/dev/sgx_enclave is for the group sgx" device /dev/sgx_enclave sgx
check "/dev/sgx_provision is for the group sgx_prv" device /dev/sgx_provision sgx_prv
check "avow info works for a member of sgx" as alice avow info
check "and not for others" refuses 'Permission denied' as bob avow info
check "avow doctor finds nothing wrong" as alice avow doctor
check "the module's secret is root's alone" [ "$(stat -c '%a %U' /etc/avow/seal-secret)" = "400 root" ]
check "the policy was loaded at boot" says '/etc/avow/policy' avow policy show
check "before any service that has not said otherwise" loaded_early
check "an enclave, by the installed library, runs" as alice ./load enclave.elf
check "and one in C, with the installed runtime" says "^1: Hello, Alice, from an enclave" as alice ./hello/host hello/enclave.elf hello/key.pem Alice
check "the policy refuses one whose code can be written to" refuses '^R7.2: The policy' as alice ./load wx.elf
check "without a policy the unit does nothing, and says so" unit_without_policy
check "systemctl reload takes a new one" sh -c 'systemctl restart avow-policy && cp /etc/avow/policy.example /etc/avow/policy &&
	systemctl reload avow-policy && ./load wx.elf'
check "while it is in use, the module stays, and the policy" busy
check "avow exec finds its library" avow exec true
check "purge goes well" purge
check "nothing is left of the module" nothing_of_the_module
check "nor of anything else" same_as_before
check "the kernel has not complained" no_complaint
echo end
