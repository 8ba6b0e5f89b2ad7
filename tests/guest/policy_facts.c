// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * R42 in the kernel: for each fact a request that the policy denies, and its nearest
 * neighbour, which it allows. R7.1, R14.1, R15: what the hooks are told.
 */
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <linux/fs.h>
#include <linux/fsverity.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "policy_case.h"
#include "who.h"

#define RX	(AVOW_R | AVOW_X)
#define CODE	(PROT_READ | PROT_EXEC)

/* What is allowed of code is named, the rest is denied. */
#define ONLY(condition)	"allow load intent has x, " condition "\ndeny load intent has x\ndefault allow\n"
#define NOT(condition)	"deny load " condition "\ndefault allow\n"

static void directory(const char *path)
{
	REQUIRE(!mkdir(path, 0755) || errno == EEXIST);
}

/* A file's page as code. */
static int load_file(const char *path)
{
	void *at = map_file(path, CODE);
	int ret = policy_load_page(at, RX), err = errno;

	munmap(at, PAGE);
	errno = err;
	return ret;
}

/* ---- the page ---- */

static void intent(void)
{
	policy_put(NOT("intent has wx"));
	EXPECT_DENIED(policy_load_page(source_code(1), AVOW_RWX));
	EXPECT_OK(policy_load_page(source_code(1), RX));
	EXPECT_OK(policy_load_page(source_code(1), AVOW_R | AVOW_W));
	/* Each right alone. */
	policy_put("deny load intent lacks r\ndeny load intent is rw\ndeny load intent is rx\ndefault allow\n");
	EXPECT_DENIED(policy_load_page(source_code(1), AVOW_X));
	EXPECT_DENIED(policy_load_page(source_code(1), 0));
	EXPECT_DENIED(policy_load_page(source_code(1), AVOW_R | AVOW_W));
	EXPECT_DENIED(policy_load_page(source_code(1), RX));
	EXPECT_OK(policy_load_page(source_code(1), AVOW_R));
	EXPECT_OK(policy_load_page(source_code(1), AVOW_RWX));
}

static void measured(void)
{
	struct scene s;

	policy_put(NOT("intent has x, unmeasured"));
	scene_create(&s, 4);
	EXPECT_DENIED(raw_add(&s, source_code(1), 0, PAGE, avow_secinfo_reg(RX), 0, NULL));
	EXPECT_OK(raw_add(&s, source_code(1), 0, PAGE, avow_secinfo_reg(RX), SGX_PAGE_MEASURE, NULL));
	EXPECT_OK(raw_add(&s, source_code(1), PAGE, PAGE, avow_secinfo_reg(AVOW_R), 0, NULL));
}

/* What there is of each class; "other" is refused before the hook is asked (R5.3). */
static struct {
	const char *class;
	void *at;
} sources[] = {
	{ .class = "file-exec" },
	{ .class = "file-noexec" },
	{ .class = "file-written" },
	{ .class = "file-shared-writable" },
	{ .class = "shmem" },
	{ .class = "anonymous" },
};

#define SOURCES		(sizeof(sources) / sizeof(sources[0]))

static void make_sources(void)
{
	int fd;

	make_file("/tmp/class");
	sources[0].at = map_file("/tmp/class", CODE);
	sources[1].at = map_file("/tmp/class", PROT_READ);
	sources[2].at = map_file("/tmp/class", PROT_READ | PROT_WRITE | PROT_EXEC);
	*(volatile char *)sources[2].at = 1;
	fd = open("/tmp/class", O_RDWR | O_CLOEXEC);
	sources[3].at = mmap(NULL, PAGE, CODE, MAP_SHARED, fd, 0);
	close(fd);
	sources[4].at = mmap(NULL, PAGE, CODE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	sources[5].at = source_anon(1, CODE);
	REQUIRE(sources[3].at != MAP_FAILED && sources[4].at != MAP_FAILED);
}

static void class(void)
{
	size_t denied, i;
	void *private;

	make_sources();
	for (denied = 0; denied < SOURCES; denied++) {
		policy_put("deny load source is %s\ndefault allow\n", sources[denied].class);
		for (i = 0; i < SOURCES; i++) {
			if (i == denied)
				EXPECT_DENIED(policy_load_page(sources[i].at, RX));
			else
				EXPECT_OK(policy_load_page(sources[i].at, RX));
		}
	}
	/* That it could be written does not make it written. */
	policy_put(ONLY("source is file-exec"));
	private = map_file("/tmp/class", PROT_READ | PROT_WRITE | PROT_EXEC);
	EXPECT_OK(policy_load_page(private, RX));
	*(volatile char *)private = 1;
	EXPECT_DENIED(policy_load_page(private, RX));
}

/* ---- the file ---- */

static void file(void)
{
	make_file("/tmp/one");
	make_file("/tmp/two");
	policy_put(ONLY("file is /tmp/one"));
	EXPECT_OK(load_file("/tmp/one"));
	EXPECT_DENIED(load_file("/tmp/two"));
	EXPECT_DENIED(policy_load_page(source_code(1), RX));
	/* It is the file that counts, not its name. */
	REQUIRE(!rename("/tmp/two", "/tmp/one"));
	EXPECT_DENIED(load_file("/tmp/one"));
}

static void under(void)
{
	directory("/tmp/trusted");
	directory("/tmp/trusted/deeper");
	directory("/tmp/trusted-not");
	make_file("/tmp/trusted/f");
	make_file("/tmp/trusted/deeper/f");
	make_file("/tmp/trusted-not/f");
	policy_put(ONLY("file under /tmp/trusted"));
	EXPECT_OK(load_file("/tmp/trusted/f"));
	EXPECT_OK(load_file("/tmp/trusted/deeper/f"));
	EXPECT_DENIED(load_file("/tmp/trusted-not/f"));
	EXPECT_DENIED(policy_load_page(source_code(1), RX));
	/* A mount below it is under it, too. */
	REQUIRE(!mount("none", "/tmp/trusted/deeper", "tmpfs", 0, NULL));
	make_file("/tmp/trusted/deeper/g");
	EXPECT_OK(load_file("/tmp/trusted/deeper/g"));
	REQUIRE(!umount("/tmp/trusted/deeper"));
}

/* What is more than 32 directories below is under nothing that is further up. */
static void too_deep(void)
{
	char path[512] = "/tmp/deep";
	int i;

	directory(path);
	policy_put(ONLY("file under /tmp/deep"));
	for (i = 1; i < 32; i++) {
		strcat(path, "/d");
		directory(path);
	}
	/* 31 d and deep itself are 32 directories. */
	strcat(path, "/f");
	make_file(path);
	EXPECT_OK(load_file(path));
	strcpy(strrchr(path, '/'), "/d");
	directory(path);
	strcat(path, "/f");
	make_file(path);
	EXPECT_DENIED(load_file(path));
}

static void write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	REQUIRE(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	close(fd);
}

/* Whoever makes a user namespace mounts what he likes over a trusted directory there. */
static void mount_of_a_user(void *arg)
{
	int fd = *(int *)arg;
	struct scene s = { .e.fd = fd };
	void *at;

	REQUIRE(!unshare(CLONE_NEWUSER | CLONE_NEWNS));
	write_text("/proc/self/setgroups", "deny");
	write_text("/proc/self/uid_map", "0 0 1");
	write_text("/proc/self/gid_map", "0 0 1");
	REQUIRE(!mount("none", "/tmp/trusted/deeper", "tmpfs", 0, NULL));
	make_file("/tmp/trusted/deeper/f");
	at = map_file("/tmp/trusted/deeper/f", CODE);
	EXPECT_DENIED(raw_add(&s, at, 0, PAGE, avow_secinfo_reg(RX), 0, NULL));
	/* What was there before is where it was. */
	at = map_file("/tmp/trusted/f", CODE);
	EXPECT_OK(raw_add(&s, at, 0, PAGE, avow_secinfo_reg(RX), 0, NULL));
}

static void user_namespace(void)
{
	struct scene s;

	directory("/tmp/trusted");
	directory("/tmp/trusted/deeper");
	make_file("/tmp/trusted/f");
	policy_put(ONLY("file under /tmp/trusted"));
	scene_create(&s, 2);
	in_child(mount_of_a_user, &s.e.fd);
}

static void overlay(void)
{
	static const char options[] = "lowerdir=/tmp/ov/lower,upperdir=/tmp/ov/space/upper,workdir=/tmp/ov/space/work";
	int fd;

	directory("/tmp/ov");
	directory("/tmp/ov/lower");
	directory("/tmp/ov/space");
	directory("/tmp/ov/merged");
	REQUIRE(!mount("none", "/tmp/ov/space", "tmpfs", 0, NULL));
	directory("/tmp/ov/space/upper");
	directory("/tmp/ov/space/work");
	make_file("/tmp/ov/lower/f");
	make_file("/tmp/ov/lower/g");
	REQUIRE(!mount("overlay", "/tmp/ov/merged", "overlay", 0, options));
	policy_put(ONLY("file is /tmp/ov/merged/f"));
	EXPECT_OK(load_file("/tmp/ov/merged/f"));
	EXPECT_DENIED(load_file("/tmp/ov/merged/g"));
	/* It is the file below that holds the bytes. */
	EXPECT_OK(load_file("/tmp/ov/lower/f"));
	EXPECT_DENIED(load_file("/tmp/ov/lower/g"));
	/* Copied up, it is another one. */
	fd = open("/tmp/ov/merged/f", O_WRONLY | O_CLOEXEC);
	REQUIRE(fd >= 0 && pwrite(fd, "x", 1, 1) == 1);
	close(fd);
	EXPECT_DENIED(load_file("/tmp/ov/merged/f"));
	/* Directories are those of the path that was opened. */
	policy_put(ONLY("file under /tmp/ov/merged"));
	EXPECT_OK(load_file("/tmp/ov/merged/g"));
	EXPECT_OK(load_file("/tmp/ov/merged/f"));
	EXPECT_DENIED(load_file("/tmp/ov/lower/g"));
	REQUIRE(!umount("/tmp/ov/merged"));
	REQUIRE(!umount("/tmp/ov/space"));
}

static void filesystem(void)
{
	directory("/tmp/ramfs");
	directory("/tmp/tmpfs");
	REQUIRE(!mount("none", "/tmp/ramfs", "ramfs", 0, NULL));
	REQUIRE(!mount("none", "/tmp/tmpfs", "tmpfs", 0, NULL));
	make_file("/tmp/ramfs/f");
	make_file("/tmp/tmpfs/f");
	policy_put(ONLY("filesystem is ramfs"));
	EXPECT_OK(load_file("/tmp/ramfs/f"));
	EXPECT_DENIED(load_file("/tmp/tmpfs/f"));
	REQUIRE(!umount("/tmp/ramfs") && !umount("/tmp/tmpfs"));
}

/* R6 refuses code from a noexec mount before the hook is asked: so data, in strict. */
static void mount_flags(void)
{
	directory("/tmp/mount");
	REQUIRE(!mount("none", "/tmp/mount", "tmpfs", 0, NULL));
	make_file("/tmp/mount/f");
	policy_put("deny load mount has noexec\ndeny load mount has nosuid\ndefault allow\n");
	EXPECT_OK(policy_load_page(map_file("/tmp/mount/f", PROT_READ), AVOW_R));
	REQUIRE(!mount("none", "/tmp/mount", "tmpfs", MS_REMOUNT | MS_NOEXEC, NULL));
	EXPECT_DENIED(policy_load_page(map_file("/tmp/mount/f", PROT_READ), AVOW_R));
	REQUIRE(!mount("none", "/tmp/mount", "tmpfs", MS_REMOUNT | MS_NOSUID, NULL));
	EXPECT_DENIED(policy_load_page(map_file("/tmp/mount/f", PROT_READ), AVOW_R));
	umount2("/tmp/mount", MNT_DETACH);
}

static void file_mode(void)
{
	make_file("/tmp/mode");
	policy_put("deny load file has setuid\ndeny load file has setgid\ndefault allow\n");
	EXPECT_OK(load_file("/tmp/mode"));
	REQUIRE(!chmod("/tmp/mode", 04755));
	EXPECT_DENIED(load_file("/tmp/mode"));
	REQUIRE(!chmod("/tmp/mode", 02755));
	EXPECT_DENIED(load_file("/tmp/mode"));
	REQUIRE(!chmod("/tmp/mode", 0755));
	EXPECT_OK(load_file("/tmp/mode"));
}

/* An ext4 that was made with -O verity, on a disk in memory (gup.c has the first). */
static void verity_disk(void)
{
	static char block[65536];
	int from = open(data_path("verity.img"), O_RDONLY | O_CLOEXEC);
	int to = open("/dev/ram1", O_WRONLY | O_CLOEXEC);
	ssize_t got;

	REQUIRE(from >= 0 && to >= 0);
	while ((got = read(from, block, sizeof(block))) > 0)
		REQUIRE(write(to, block, (size_t)got) == got);
	REQUIRE(!got && !fsync(to));
	close(from);
	close(to);
	directory("/tmp/verity");
	REQUIRE(!mount("/dev/ram1", "/tmp/verity", "ext4", 0, NULL));
}

/* Protects it; hex: its digest. */
static void protect_file(const char *path, u32 algorithm, char *hex)
{
	struct fsverity_enable_arg enable = { .version = 1, .hash_algorithm = algorithm, .block_size = 4096 };
	union {
		struct fsverity_digest digest;
		u8 room[sizeof(struct fsverity_digest) + 64];
	} of = { .digest.digest_size = 64 };
	int fd = open(path, O_RDONLY | O_CLOEXEC), i;

	REQUIRE(fd >= 0);
	REQUIRE_OK(ioctl(fd, FS_IOC_ENABLE_VERITY, &enable));
	REQUIRE_OK(ioctl(fd, FS_IOC_MEASURE_VERITY, &of.digest));
	for (i = 0; i < of.digest.digest_size; i++)
		sprintf(hex + 2 * i, "%02x", of.digest.digest[i]);
	close(fd);
}

static void verity(void)
{
	char digest[129], other[129], longer[129];
	int fd;

	verity_disk();
	make_file("/tmp/verity/f");
	make_file("/tmp/verity/h");
	make_file("/tmp/verity/g");
	make_file("/tmp/verity/plain");
	fd = open("/tmp/verity/g", O_WRONLY | O_CLOEXEC);
	REQUIRE(fd >= 0 && pwrite(fd, "x", 1, 9) == 1);
	close(fd);
	protect_file("/tmp/verity/f", FS_VERITY_HASH_ALG_SHA256, digest);
	protect_file("/tmp/verity/g", FS_VERITY_HASH_ALG_SHA256, other);
	protect_file("/tmp/verity/h", FS_VERITY_HASH_ALG_SHA512, longer);
	REQUIRE(strcmp(digest, other) && strlen(digest) == 64 && strlen(longer) == 128);
	policy_put("allow load intent has x, verity is sha256:%s\ndeny load intent has x\ndefault allow\n", digest);
	EXPECT_OK(load_file("/tmp/verity/f"));
	EXPECT_DENIED(load_file("/tmp/verity/g"));
	EXPECT_DENIED(load_file("/tmp/verity/plain"));
	EXPECT_DENIED(load_file("/tmp/one"));
	/* The same bytes by the other algorithm: all 64 bytes of its digest count. */
	EXPECT_DENIED(load_file("/tmp/verity/h"));
	policy_put("allow load intent has x, verity is sha512:%s\ndeny load intent has x\ndefault allow\n", longer);
	EXPECT_OK(load_file("/tmp/verity/h"));
	EXPECT_DENIED(load_file("/tmp/verity/f"));
	longer[127] = longer[127] == '0' ? '1' : '0';
	policy_put("allow load intent has x, verity is sha512:%s\ndeny load intent has x\ndefault allow\n", longer);
	EXPECT_DENIED(load_file("/tmp/verity/h"));
	policy_put(ONLY("verity"));
	EXPECT_OK(load_file("/tmp/verity/g"));
	EXPECT_DENIED(load_file("/tmp/verity/plain"));
	umount2("/tmp/verity", MNT_DETACH);
}

/* ---- who ---- */

static void program(void)
{
	char self[256];
	ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);

	REQUIRE(length > 0);
	self[length] = '\0';
	policy_put("allow load program is \"%s\"\ndeny load\ndefault allow\n", self);
	EXPECT_OK(policy_load_page(source_code(1), RX));
	policy_put(NOT("program is not /usr/bin/busybox"));
	EXPECT_DENIED(policy_load_page(source_code(1), RX));
	policy_put(NOT("program is /usr/bin/busybox"));
	EXPECT_OK(policy_load_page(source_code(1), RX));
}

#define SOMEONE	12345

static void as_user(void *arg)
{
	REQUIRE(!setresuid(SOMEONE, SOMEONE, SOMEONE));
	EXPECT_DENIED(raw_add(arg, source_code(1), 0, PAGE, avow_secinfo_reg(RX), 0, NULL));
}

static void as_group(void *arg)
{
	REQUIRE(!setgroups(0, NULL) && !setresgid(SOMEONE, SOMEONE, SOMEONE));
	EXPECT_DENIED(raw_add(arg, source_code(1), 0, PAGE, avow_secinfo_reg(RX), 0, NULL));
}

static void user_and_group(void)
{
	struct scene s;

	policy_put("deny load user is %u\ndeny load group is %u\ndefault allow\n", SOMEONE, SOMEONE);
	scene_create(&s, 4);
	in_child(as_user, &s);
	in_child(as_group, &s);
	EXPECT_OK(raw_add(&s, source_code(1), 0, PAGE, avow_secinfo_reg(RX), 0, NULL));
}

/* Who asks is known at all three hooks. */
static void ask_all(struct scene *s, int want)
{
	EXPECT_ERRNO(raw_add(s, source_code(1), 0, PAGE, avow_secinfo_reg(RX), SGX_PAGE_MEASURE, NULL), want);
	EXPECT_ERRNO(raw_map(s, 0, 1, PROT_READ), want);
	EXPECT_ERRNO(avow_enclave_init(&s->e), want);
}

static void ask_as_user(void *arg)
{
	REQUIRE(!setresuid(SOMEONE, SOMEONE, SOMEONE));
	ask_all(arg, EACCES);
}

static void at_every_hook(void)
{
	struct scene s;

	policy_put("deny load user is %u\ndeny map user is %u\ndeny init user is %u\ndefault allow\n",
		   SOMEONE, SOMEONE, SOMEONE);
	scene_create(&s, 4);
	scene_add(&s, PAGE, 1, RX);
	scene_unmap(&s, 0, 1);
	REQUIRE_OK(avow_enclave_sign(&s.e, scene_key()));
	in_child(ask_as_user, &s);
	/* The same by root; the signature is that of the enclave without this page. */
	EXPECT_OK(raw_map(&s, 0, 1, PROT_READ));
	EXPECT_OK(avow_enclave_init(&s.e));
	scene_close(&s);
	scene_create(&s, 4);
	EXPECT_OK(raw_add(&s, source_code(1), 0, PAGE, avow_secinfo_reg(RX), SGX_PAGE_MEASURE, NULL));
}

static void move_to(const char *cgroup)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/fs/cgroup%s/cgroup.procs", cgroup);
	write_text(path, "0");
}

static void in_cgroups(void *arg)
{
	move_to("/avow-b");
	EXPECT_DENIED(raw_add(arg, source_code(1), 0, PAGE, avow_secinfo_reg(RX), 0, NULL));
	move_to("/avow-a");
	EXPECT_OK(raw_add(arg, source_code(1), 0, PAGE, avow_secinfo_reg(RX), 0, NULL));
	move_to("/avow-a/deeper");
	EXPECT_OK(raw_add(arg, source_code(1), PAGE, PAGE, avow_secinfo_reg(RX), 0, NULL));
	move_to("");
}

static void cgroup(void)
{
	struct scene s;

	directory("/sys/fs/cgroup/avow-a");
	directory("/sys/fs/cgroup/avow-a/deeper");
	directory("/sys/fs/cgroup/avow-b");
	policy_put(ONLY("cgroup under /avow-a"));
	scene_create(&s, 4);
	in_child(in_cgroups, &s);
	EXPECT_DENIED(raw_add(&s, source_code(1), 2 * PAGE, PAGE, avow_secinfo_reg(RX), 0, NULL));
	REQUIRE(!rmdir("/sys/fs/cgroup/avow-a/deeper") && !rmdir("/sys/fs/cgroup/avow-a") &&
		!rmdir("/sys/fs/cgroup/avow-b"));
}

/* ---- a mapping ---- */

static void mapping(void)
{
	struct scene s;

	policy_put("deny map prot has wx\ndeny map prot has x, history has w\n"
		   "deny map prot has w, history has x\ndefault allow\n");
	scene_ready(&s, 3, AVOW_RWX, AVOW_RWX);
	scene_unmap(&s, s.play, 3);
	EXPECT_DENIED(raw_map(&s, s.play, 1, PROT_READ | PROT_WRITE | PROT_EXEC));
	/* Over time either, in both orders. */
	EXPECT_OK(raw_map(&s, s.play, 1, PROT_READ | PROT_WRITE));
	EXPECT_OK(raw_protect(&s, s.play, 1, PROT_READ));
	EXPECT_DENIED(raw_protect(&s, s.play, 1, CODE));
	EXPECT_OK(raw_map(&s, s.play + PAGE, 1, CODE));
	EXPECT_OK(raw_protect(&s, s.play + PAGE, 1, PROT_READ));
	EXPECT_DENIED(raw_protect(&s, s.play + PAGE, 1, PROT_READ | PROT_WRITE));
	EXPECT_OK(raw_protect(&s, s.play + PAGE, 1, CODE));
	/* One run of many is enough. */
	EXPECT_OK(raw_map(&s, s.play + 2 * PAGE, 1, PROT_READ));
	EXPECT_DENIED(raw_protect(&s, s.play, 3, CODE));
	EXPECT_OK(raw_protect(&s, s.play + PAGE, 2, CODE));
}

static void mapping_rights(void)
{
	struct scene s;

	policy_drop();
	scene_ready(&s, 1, AVOW_RWX, AVOW_RWX);
	scene_unmap(&s, s.play, 1);
	policy_put("deny map prot is r\ndeny map prot is rw\ndeny map prot is x\ndefault allow\n");
	EXPECT_DENIED(raw_map(&s, s.play, 1, PROT_READ));
	EXPECT_DENIED(raw_map(&s, s.play, 1, PROT_READ | PROT_WRITE));
	EXPECT_DENIED(raw_map(&s, s.play, 1, PROT_EXEC));
	EXPECT_OK(raw_map(&s, s.play, 1, CODE));
	EXPECT_OK(raw_protect(&s, s.play, 1, PROT_READ | PROT_WRITE | PROT_EXEC));
}

/* ---- the enclave ---- */

struct identity {
	u64 attributes;
	u16 prodid, svn;
	bool unmeasured;	/* its code */
};

/* INIT of such an enclave; *made (may be NULL) is what it is. 0, or a negative errno. */
static int init_of(const struct identity *id, struct avow_sigstruct *made)
{
	struct avow_params params = { .size = 16 * PAGE, .attributes = id->attributes };
	struct scene s;
	int err;

	scene_open(&s);
	REQUIRE_OK(avow_enclave_create(&s.e, &params));
	if (id->attributes & ATTR_PROVISIONKEY)
		allow_provision(&s);
	REQUIRE_OK(avow_enclave_add(&s.e, &(const struct avow_pages){
		.src = source_code(1),
		.length = PAGE,
		.secinfo = avow_secinfo_reg(RX),
		.flags = id->unmeasured ? 0 : SGX_PAGE_MEASURE,
	}, NULL));
	REQUIRE_OK(avow_enclave_sign(&s.e, scene_key()));
	s.e.sig.isvprodid = id->prodid;
	s.e.sig.isvsvn = id->svn;
	REQUIRE_OK(avow_sigstruct_sign(&s.e.sig, scene_key()));
	if (made)
		*made = s.e.sig;
	err = avow_enclave_init(&s.e);
	scene_close(&s);
	return err;
}

#define DEBUG		(ATTR_MODE64BIT | ATTR_DEBUG)
#define PRODUCTION	ATTR_MODE64BIT
#define INIT(...)	init_of(&(const struct identity){ __VA_ARGS__ }, NULL)

static void hex(const u8 *bytes, char text[65])
{
	int i;

	for (i = 0; i < 32; i++)
		sprintf(text + 2 * i, "%02x", bytes[i]);
}

static void enclave(void)
{
	struct identity first = { .attributes = PRODUCTION };
	struct avow_sigstruct sig;
	struct scene s;
	char text[65];
	u8 mrsigner[32];

	policy_drop();
	REQUIRE_OK(init_of(&first, &sig));
	hex(sig.enclavehash, text);
	policy_put("allow init enclave is %s\ndeny init\ndefault allow\n", text);
	EXPECT_OK(INIT(.attributes = PRODUCTION));
	EXPECT_DENIED(INIT(.attributes = PRODUCTION, .unmeasured = true));
	s.e.sig = sig;
	who_mrsigner(&s, mrsigner);
	hex(mrsigner, text);
	policy_put("allow init signer is %s, svn at least 3, production, product is 7\ndeny init\ndefault allow\n", text);
	EXPECT_OK(INIT(.attributes = PRODUCTION, .svn = 3, .prodid = 7));
	EXPECT_OK(INIT(.attributes = PRODUCTION, .svn = 4, .prodid = 7));
	EXPECT_DENIED(INIT(.attributes = PRODUCTION, .svn = 2, .prodid = 7));
	EXPECT_DENIED(INIT(.attributes = PRODUCTION, .svn = 3, .prodid = 8));
	EXPECT_DENIED(INIT(.attributes = DEBUG, .svn = 3, .prodid = 7));
	text[0] = text[0] == '0' ? '1' : '0';
	policy_put("allow init signer is %s\ndeny init\ndefault allow\n", text);
	EXPECT_DENIED(INIT(.attributes = PRODUCTION, .svn = 3, .prodid = 7));
	policy_put("deny init unmeasured\ndeny init provision\ndefault allow\n");
	EXPECT_DENIED(INIT(.attributes = PRODUCTION, .unmeasured = true));
	EXPECT_DENIED(INIT(.attributes = PRODUCTION | ATTR_PROVISIONKEY));
	EXPECT_OK(INIT(.attributes = PRODUCTION));
	policy_put("deny init debug\ndefault allow\n");
	EXPECT_DENIED(INIT(.attributes = DEBUG));
	EXPECT_OK(INIT(.attributes = PRODUCTION));
	EXPECT_OK(INIT(.attributes = PRODUCTION | ATTR_PROVISIONKEY));
}

static void over(void)
{
	policy_drop();
	EXPECT_OK(policy_load_page(source_code(1), AVOW_RWX));
}

TESTS(
	{ "R42 intent", intent, ONCE },
	{ "R7.1 measured", measured, ONCE },
	{ "R7.1 source class", class, ONCE },
	{ "R42 file", file, ONCE },
	{ "R42 directory", under, ONCE },
	{ "R42 a directory too far up allows nothing", too_deep, ONCE },
	{ "R42 a mount in a user's namespace is under no directory", user_namespace, ONCE },
	{ "R42 the file below overlayfs", overlay, ONCE },
	{ "R42 file system", filesystem, ONCE },
	{ "R42 flags of the mount", mount_flags, STRICT },
	{ "R42 setuid and setgid", file_mode, ONCE },
	{ "R42 fs-verity, by SHA-256 and SHA-512", verity, ONCE },
	{ "R42 program", program, ONCE },
	{ "R42 user and group", user_and_group, ONCE },
	{ "R42 who asks, at every hook", at_every_hook, ONCE },
	{ "R42 cgroup", cgroup, ONCE },
	{ "R14.1 rights", mapping_rights, BOTH },
	{ "R14.1 rights and history", mapping, BOTH },
	{ "R15 the enclave's identity", enclave, ONCE },
	{ "R43.4 unloaded, nothing is denied", over, ONCE },
)
