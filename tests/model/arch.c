// SPDX-License-Identifier: LGPL-2.1-or-later
/* What the instructions that build an enclave refuse, and what they measure; arch.h. */
#include <errno.h>
#include <string.h>

#include "arch.h"

enum { ATTRIBUTE_INIT = 1, ATTRIBUTE_MODE64BIT = 4, ATTRIBUTE_KSS = 0x80, EXINFO = 1 };

__u64 m_get(const __u8 *at, unsigned int bytes)
{
	__u64 value = 0;

	while (bytes--)
		value = value << 8 | at[bytes];
	return value;
}

void m_put(__u8 *at, unsigned int bytes, __u64 value)
{
	unsigned int i;

	for (i = 0; i < bytes; i++)
		at[i] = (__u8)(value >> 8 * i);
}

static bool zero(const __u8 *from, const __u8 *to)
{
	while (from < to)
		if (*from++)
			return false;
	return true;
}

static struct m_verdict unless(bool good, int err, unsigned int rule)
{
	return good ? M_ALLOWED : (struct m_verdict){ err, rule };
}

/* ---- ECREATE ---- */

/* Bytes that the manual calls reserved; CET is not there, so its fields are, too. */
static bool secs_reserved(const __u8 *secs)
{
	return zero(secs + 24, secs + 48) && zero(secs + 96, secs + 128) &&
	       zero(secs + 160, secs + 192) && zero(secs + 262, secs + M_SECS_SIZE);
}

static bool secs_place(__u64 base, __u64 size)
{
	unsigned __int128 end = (unsigned __int128)base + size;

	return size >= 2 * M_PAGE && size <= 1ULL << 46 && base % size == 0 && end <= 1ULL << 47;
}

static bool secs_frame(const __u8 *secs, const struct m_machine *machine)
{
	__u64 bytes = m_get(secs + 16, 4) * M_PAGE;
	__u64 exinfo = m_get(secs + 20, 4) & EXINFO ? 16 : 0;

	return machine->xsave_size + exinfo + 184 <= bytes;
}

static bool secs_features(const __u8 *secs, const struct m_machine *machine)
{
	__u64 attributes = m_get(secs + 48, 8), xfrm = m_get(secs + 56, 8);
	__u64 misc = m_get(secs + 20, 4);

	if (attributes & ATTRIBUTE_INIT || !(attributes & ATTRIBUTE_MODE64BIT))
		return false;
	if ((attributes | machine->attributes) != machine->attributes ||
	    (misc | machine->miscselect) != machine->miscselect)
		return false;
	if (xfrm % 4 != 3 || (xfrm | machine->xfrm) != machine->xfrm)
		return false;
	return attributes & ATTRIBUTE_KSS ||
	       (zero(secs + 192, secs + 256) && zero(secs + 260, secs + 262));
}

struct m_verdict m_secs_check(const __u8 *secs, const struct m_machine *machine)
{
	__u64 size = m_get(secs, 8);

	if (__builtin_popcountll(size) != 1)
		return unless(false, EINVAL, 2103);
	return unless(secs_reserved(secs) && secs_place(m_get(secs + 8, 8), size) &&
		      secs_features(secs, machine) && secs_frame(secs, machine), EIO, 2104);
}

/* ---- EADD ---- */

struct m_verdict m_secinfo_check(const __u8 *secinfo)
{
	return m_add_secinfo(m_get(secinfo, 8), !zero(secinfo + 8, secinfo + M_SECINFO_SIZE), 0);
}

struct m_verdict m_tcs_check(const __u8 *tcs)
{
	/* STATE and FLAGS; CSSA; AEP; all behind GSLIMIT. */
	bool fresh = zero(tcs, tcs + 16) && zero(tcs + 24, tcs + 28) && zero(tcs + 40, tcs + 48) &&
		     zero(tcs + 72, tcs + M_TCS_SIZE);
	bool aligned = m_get(tcs + 16, 8) % M_PAGE == 0 && m_get(tcs + 48, 8) % M_PAGE == 0 &&
		       m_get(tcs + 56, 8) % M_PAGE == 0;

	return unless(fresh && aligned, EIO, 2209);
}

/* ---- EINIT ---- */

enum { S_VENDOR = 16, S_HEADER2 = 24, S_EXPONENT = 512, S_MISCSELECT = 900, S_MISCMASK = 904,
       S_ATTRIBUTES = 928, S_XFRM = 936, S_ATTRIBUTEMASK = 944, S_XFRMMASK = 952, S_HASH = 960 };

struct m_verdict m_sig_vendor(const __u8 *sig)
{
	__u64 vendor = m_get(sig + S_VENDOR, 4);

	return unless(vendor == 0 || vendor == 0x8086, EINVAL, 2303);
}

struct m_verdict m_sig_allowed(__u64 attributes, __u64 allowed)
{
	return unless((attributes | allowed) == allowed, EACCES, 2304);
}

/* What the signer demands: bits that are set and that count. */
struct m_verdict m_sig_supported(const __u8 *sig, const struct m_machine *machine)
{
	__u64 attributes = m_get(sig + S_ATTRIBUTES, 8) & m_get(sig + S_ATTRIBUTEMASK, 8);
	__u64 xfrm = m_get(sig + S_XFRM, 8) & m_get(sig + S_XFRMMASK, 8);
	__u64 misc = m_get(sig + S_MISCSELECT, 4) & m_get(sig + S_MISCMASK, 4);

	return unless((attributes | machine->attributes) == machine->attributes &&
		      (xfrm | machine->xfrm) == machine->xfrm &&
		      (misc | machine->miscselect) == machine->miscselect, EINVAL, 2305);
}

struct m_verdict m_sig_layout(const __u8 *sig)
{
	static const __u8 header[] = "\x06\0\0\0\xe1\0\0\0\0\0\x01\0\0\0\0";
	static const __u8 header2[] = "\x01\x01\0\0\x60\0\0\0\x60\0\0\0\x01\0\0";
	bool reserved = zero(sig + 44, sig + 128) && zero(sig + 908, sig + 912) &&
			zero(sig + 992, sig + 1008) && zero(sig + 1028, sig + 1040);

	_Static_assert(sizeof(header) == 16 && sizeof(header2) == 16, "the last byte is the NUL");
	return unless(reserved && !memcmp(sig, header, 16) && !memcmp(sig + S_HEADER2, header2, 16) &&
		      m_get(sig + S_EXPONENT, 4) == 3, EPERM, 2306);
}

struct m_verdict m_sig_measurement(const __u8 *sig, const __u8 *mrenclave)
{
	return unless(!memcmp(sig + S_HASH, mrenclave, 32), EPERM, 2308);
}

/* Equal where the mask has a bit? */
static bool agree(const __u8 *a, const __u8 *b, const __u8 *mask, unsigned int bytes)
{
	unsigned int i;

	for (i = 0; i < bytes; i++)
		if ((a[i] & mask[i]) != (b[i] & mask[i]))
			return false;
	return true;
}

struct m_verdict m_sig_match(const __u8 *sig, const __u8 *secs)
{
	bool kss = secs[48] & ATTRIBUTE_KSS;

	return unless(agree(sig + S_ATTRIBUTES, secs + 48, sig + S_ATTRIBUTEMASK, 8) &&
		      agree(sig + S_XFRM, secs + 56, sig + S_XFRMMASK, 8) &&
		      agree(sig + S_MISCSELECT, secs + 20, sig + S_MISCMASK, 4) &&
		      (kss || (zero(sig + 912, sig + 928) && zero(sig + 1008, sig + 1024))),
		      EPERM, 2309);
}

/* ---- MRENCLAVE ---- */

void m_record_ecreate(__u8 *record, __u32 ssa_frame_size, __u64 size)
{
	memset(record, 0, M_RECORD_SIZE);
	memcpy(record, "ECREATE", 7);
	m_put(record + 8, 4, ssa_frame_size);
	m_put(record + 12, 8, size);
}

void m_record_eadd(__u8 *record, __u64 offset, const __u8 *secinfo)
{
	memset(record, 0, M_RECORD_SIZE);
	memcpy(record, "EADD", 4);
	m_put(record + 8, 8, offset);
	memcpy(record + 16, secinfo, 48);
}

void m_record_eextend(__u8 *record, __u64 offset)
{
	memset(record, 0, M_RECORD_SIZE);
	memcpy(record, "EEXTEND", 7);
	m_put(record + 8, 8, offset);
}
