// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where the source is judged: the mapping that a page's bytes come from is looked
 * up, checked, copied from and put to the hook under one hold of mmap_lock (R4).
 */
#include <linux/file.h>
#include <linux/highmem.h>
#include <linux/magic.h>
#include <linux/mount.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "encl.h"
#include "kernel_compat.h"

/* Lives as long as the enclave; never changes. */
struct source_record {
	u32 class;
	u64 dev, ino;
	u32 size;		/* of path with its NUL */
	char path[];
};

/* Memory without a name: memfd, shared anonymous and System V memory. A file on a tmpfs is a file. */
static bool is_shmem(const struct file *file)
{
	const struct super_block *sb = file_inode(file)->i_sb;

	return (file->f_path.mnt->mnt_flags & MNT_INTERNAL) &&
	       (sb->s_magic == TMPFS_MAGIC || sb->s_magic == HUGETLBFS_MAGIC);
}

static struct avow_source_facts vma_facts(const struct vm_area_struct *vma)
{
	if (!vma)
		return (struct avow_source_facts){ .contains = false };
	return (struct avow_source_facts){
		.contains = true,
		.readable = vma->vm_flags & VM_READ,
		.special = vma->vm_flags & (VM_IO | VM_PFNMAP),
		.mayexec = vma->vm_flags & VM_MAYEXEC,
		.exec = vma->vm_flags & VM_EXEC,
		.file = vma->vm_file,
		.shmem = vma->vm_file && is_shmem(vma->vm_file),
		.shared = vma->vm_flags & VM_SHARED,
		.maywrite = vma->vm_flags & VM_MAYWRITE,
	};
}

static struct source_record *record_new(struct file *file, u32 class)
{
	struct inode *inode = file_inode(file);
	struct source_record *rec = NULL;
	char *buf, *path;
	size_t size;

	buf = kmalloc(PATH_MAX, GFP_KERNEL);
	if (!buf)
		return NULL;
	path = file_path(file, buf, PATH_MAX);
	if (IS_ERR(path))
		path = strcpy(buf, "(path too long)");
	size = strlen(path) + 1;
	rec = kmalloc(struct_size(rec, path, size), GFP_KERNEL_ACCOUNT);
	if (rec) {
		rec->class = class;
		rec->dev = new_encode_dev(inode->i_sb->s_dev);
		rec->ino = inode->i_ino;
		rec->size = size;
		memcpy(rec->path, path, size);
	}
	kfree(buf);
	return rec;
}

static bool record_equal(const struct source_record *a, const struct source_record *b)
{
	return a->class == b->class && a->dev == b->dev && a->ino == b->ino &&
	       a->size == b->size && !memcmp(a->path, b->path, a->size);
}

/* Id of the record for a file, an equal one if there is any; 0: no memory. ENCL_BUSY is held. */
static u32 record_id(struct avow_encl *encl, struct file *file, u32 class)
{
	struct source_record *rec = record_new(file, class), *old;
	unsigned long index;
	u32 id;

	encl_assert_busy(encl);
	if (!rec)
		return 0;
	xa_for_each(&encl->sources, index, old) {
		if (record_equal(old, rec)) {
			kfree(rec);
			return index;
		}
	}
	if (xa_alloc(&encl->sources, &id, rec, xa_limit_32b, GFP_KERNEL_ACCOUNT)) {
		kfree(rec);
		return 0;
	}
	return id;
}

/*
 * The file is asked for its path once for a stretch of pages; the reference keeps
 * another file from taking its address meanwhile.
 */
static int remember(struct avow_encl *encl, struct file *file, struct source_copy *sc)
{
	sc->id = 0;
	if (!file)
		return 0;
	if (file != sc->last_file || sc->class != sc->last_class) {
		u32 id = record_id(encl, file, sc->class);

		if (!id)
			return -ENOMEM;
		if (file != sc->last_file) {
			source_done(sc);
			sc->last_file = get_file(file);
		}
		sc->last_class = sc->class;
		sc->last_id = id;
	}
	sc->id = sc->last_id;
	return 0;
}

void source_forget(struct source_copy *sc)
{
	sc->class = AVOW_SRC_NONE;
	sc->id = 0;
	sc->rights = 0;
	sc->policy = 0;
}

void source_done(struct source_copy *sc)
{
	if (sc->last_file)
		fput(sc->last_file);
	sc->last_file = NULL;
}

/* What a copy that failed becomes in the test build. */
static bool hole_copy(u64 src, struct page *to)
{
	if (AVOW_HOLE(source_special) &&
	    !copy_from_user_nofault(page_address(to), u64_to_user_ptr(src), PAGE_SIZE))
		return true;
	return AVOW_HOLE(source_failed);
}

static avow_verdict copy_bytes(u64 src, struct page *to, bool *anon)
{
	struct page *from;
	long got = compat_get_user_page(src, &from);

	if (got == -ENOMEM)
		return AVOW_REFUSE(AVOW_RULE(22, 7), ENOMEM);
	if (got < 1)
		return hole_copy(src, to) ? AVOW_OK : AVOW_REFUSE(AVOW_RULE(5, 2), EFAULT);
	*anon = PageAnon(from);
	copy_highpage(to, from);
	put_page(from);
	return AVOW_OK;
}

static avow_verdict ask_hook(struct file *file, struct vm_area_struct *vma,
			     struct source_copy *sc)
{
	int answer;

	if (AVOW_HOLE(load_asked_once) && sc->asked)
		return AVOW_OK;
	sc->asked = true;
	answer = hook_ask(security_enclave_load(file, vma, sc->intent, sc->class, sc->measured));
	return hook_verdict(answer, AVOW_RULE(7, 2), &sc->policy);
}

avow_verdict source_load(struct avow_encl *encl, struct file *file, u64 src, struct page *to,
			 struct source_copy *sc)
{
	struct vm_area_struct *vma = AVOW_HOLE(source_contains) ? find_vma(current->mm, src) :
				     vma_lookup(current->mm, src);
	struct avow_source_facts facts = vma_facts(vma);
	avow_verdict v;

	lockdep_assert_held(&current->mm->mmap_lock);
	source_forget(sc);
	if (vma) {
		sc->rights = vm_rights(vma->vm_flags);
		sc->class = avow_source_class(&facts);
		if (remember(encl, vma->vm_file, sc))
			return AVOW_REFUSE(AVOW_RULE(22, 7), ENOMEM);
	}
	v = avow_source_check(&facts, sc->intent, encl->strict);
	if (!v && !AVOW_HOLE(source_hold))
		v = copy_bytes(src, to, &facts.written);
	if (v)
		return v;
	facts.written = facts.written && vma->vm_file && !facts.shared;
	if (facts.written) {
		sc->class = avow_source_class(&facts);
		if (remember(encl, vma->vm_file, sc))
			return AVOW_REFUSE(AVOW_RULE(22, 7), ENOMEM);
	}
	return ask_hook(file, vma, sc);
}

struct source_name source_name(struct avow_encl *encl, u32 id)
{
	/* Records are freed with the enclave only, and the caller holds its file. */
	const struct source_record *rec = id ? xa_load(&encl->sources, id) : NULL;

	if (!rec)
		return (struct source_name){ .path = "" };
	return (struct source_name){ .dev = rec->dev, .ino = rec->ino, .path = rec->path };
}

int source_describe(struct avow_encl *encl, struct avow_source *arg)
{
	/* Records are freed with the enclave only, and the caller holds its file. */
	const struct source_record *rec = xa_load(&encl->sources, arg->id);
	u32 room = arg->path_size;
	u32 part;

	if (!rec)
		return -ENOENT;
	arg->source_class = rec->class;
	arg->dev = rec->dev;
	arg->ino = rec->ino;
	arg->path_size = rec->size;
	if (!room)
		return 0;
	part = min(room, rec->size) - 1;
	if (copy_to_user(u64_to_user_ptr(arg->path), rec->path, part) ||
	    put_user('\0', (char __user *)u64_to_user_ptr(arg->path + part)))
		return -EFAULT;
	return 0;
}

void source_free_all(struct avow_encl *encl)
{
	struct source_record *rec;
	unsigned long index;

	xa_for_each(&encl->sources, index, rec)
		kfree(rec);
	xa_destroy(&encl->sources);
}
