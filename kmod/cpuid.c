// SPDX-License-Identifier: GPL-2.0-only
/*
 * CPUID for programs that "avow exec" started (R38): they find an SGX2 machine with
 * this module's EPC. Their CPUID instructions were replaced by UD2, or fault where the
 * CPU can do that; here they are answered. That a UD2 stands for a CPUID is seen in the
 * file that the text was mapped from, so nothing is registered and a fork is covered.
 */
#include <asm/cpufeature.h>
#include <asm/processor.h>
#include <asm/trapnr.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/uaccess.h>

#include "cpuid.h"
#include "encl.h"

#define OPCODE_CPUID	0xa20f		/* 0f a2 */
#define OPCODE_UD2	0x0b0f		/* 0f 0b */
#define OPCODE_SIZE	2

struct cpuid_regs4 {
	u32 eax, ebx, ecx, edx;
};

/* The file behind private executable text at ip, referenced, and the place in it. */
static struct file *text_file(unsigned long ip, loff_t *pos)
{
	struct vm_area_struct *vma;
	struct file *file = NULL;

	mmap_read_lock(current->mm);
	vma = vma_lookup(current->mm, ip);
	if (vma && vma->vm_file && (vma->vm_flags & VM_EXEC) && !(vma->vm_flags & VM_SHARED) &&
	    ip + OPCODE_SIZE <= vma->vm_end && S_ISREG(file_inode(vma->vm_file)->i_mode)) {
		*pos = ((loff_t)vma->vm_pgoff << PAGE_SHIFT) + (ip - vma->vm_start);
		file = get_file(vma->vm_file);
	}
	mmap_read_unlock(current->mm);
	return file;
}

static bool file_has_cpuid(unsigned long ip)
{
	struct file *file;
	u16 opcode = 0;
	loff_t pos;
	bool has;

	file = text_file(ip, &pos);
	if (!file)
		return false;
	has = kernel_read(file, &opcode, sizeof(opcode), &pos) == sizeof(opcode) &&
	      opcode == OPCODE_CPUID;
	fput(file);
	return has;
}

static bool stands_for_cpuid(const struct pt_regs *regs, int trapnr)
{
	u16 opcode;

	if (get_user(opcode, (u16 __user *)regs->ip))
		return false;
	if (trapnr == X86_TRAP_UD)
		return opcode == OPCODE_UD2 && file_has_cpuid(regs->ip);
	return trapnr == X86_TRAP_GP && opcode == OPCODE_CPUID && test_thread_flag(TIF_NOCPUID);
}

#define LEAF_SGX		0x12
#define MAX_ENCLAVE_SIZE	((46U << 8) | 31)	/* log2: 64-bit mode, others */
#define SECTION_VALID		1			/* in EAX and in ECX of a section */

static u64 section_base(void)
{
	return (BIT_ULL(boot_cpu_data.x86_phys_bits) >> 1) & PAGE_MASK;
}

/*
 * Programs size their memory by this, and rely on a kernel that pages out what is more
 * than it: some ask for all of it and their code besides. Here nothing is paged out; so
 * half of the limit is shown as EPC, and the other half stands for what is paged out.
 */
static u64 section_size(void)
{
	return (epc_limit() / 2) & PAGE_MASK;
}

/* Leaf 12H: SDM volume 3D, 34.7.2. One section. */
static struct cpuid_regs4 leaf_sgx(u32 subleaf)
{
	u64 base = section_base(), size = section_size();

	switch (subleaf) {
	case 0:
		return (struct cpuid_regs4){ 3, avow_machine.miscselect, 0, MAX_ENCLAVE_SIZE };
	case 1:
		return (struct cpuid_regs4){
			lower_32_bits(avow_machine.attributes), upper_32_bits(avow_machine.attributes),
			lower_32_bits(avow_machine.xfrm), upper_32_bits(avow_machine.xfrm),
		};
	case 2:
		return (struct cpuid_regs4){
			lower_32_bits(base) | SECTION_VALID, upper_32_bits(base),
			lower_32_bits(size) | SECTION_VALID, upper_32_bits(size),
		};
	default:
		return (struct cpuid_regs4){};
	}
}

static struct cpuid_regs4 answer(u32 leaf, u32 subleaf)
{
	u32 native_max = cpuid_eax(0);
	struct cpuid_regs4 r = {};

	if (leaf == LEAF_SGX)
		return leaf_sgx(subleaf);
	/* What the CPU lacks below the leaf that it now has is empty. */
	if (leaf > native_max && leaf < LEAF_SGX)
		return r;
	cpuid_count(leaf, subleaf, &r.eax, &r.ebx, &r.ecx, &r.edx);
	if (leaf == 0)
		r.eax = max_t(u32, r.eax, LEAF_SGX);
	if (leaf == 7 && subleaf == 0) {
		r.ebx |= BIT(2);	/* SGX */
		r.ecx |= BIT(30);	/* SGX_LC */
	}
	return r;
}

bool cpuid_answer(struct pt_regs *regs, int trapnr)
{
	struct cpuid_regs4 r;

	if (!stands_for_cpuid(regs, trapnr))
		return false;
	r = answer(regs->ax, regs->cx);
	regs->ax = r.eax;
	regs->bx = r.ebx;
	regs->cx = r.ecx;
	regs->dx = r.edx;
	regs->ip += OPCODE_SIZE;
	return true;
}
