/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The fields of an inode, each by itself and against the others: what the kernel refuses, and what it never writes.
 *
 * inode_decode has seen magic, version, checksum, UUID, number, type, formats, and that the size is no negative number.
 * Others look at the forks (inode_forks.c), at links and lists of unlinked inodes, at quota and at content.
 *
 * Any value can be right in: the permission bits of mode, uid and gid (but for "none"), projid, gen (parent pointers
 * hold it against what they have), times with bigtime, changecount, the size of a regular file (it may end
 * before or after what is mapped), the number of a device, and the flags that a user may set on anything: immutable,
 * append, sync, noatime, nodump, nodefrag, filestream, nosymlinks (which a directory can pass on to files).
 *
 * Rules of the kernel: xfs_format.h of xfsprogs 6.15 for limits and bits; which combinations it refuses was seen by
 * mounting images that were changed, and through its scrub.
 */
#include "check/inode/inode_parts.h"

#define NSEC_PER_SEC  1000000000u
#define ID_NONE	      UINT32_MAX
#define EXTENT_MAX    0x1fffffu	     /* blocks: what a record has room for */
#define DIR_BYTES_MAX 0x800000000ull /* of entries: XFS_DIR2_SPACE_SIZE */

/* Flags by the types that can have them. */
#define FLAGS_FILE (INODE_FLAG_PREALLOC | INODE_FLAG_EXTSIZE)
#define FLAGS_DIR  (INODE_FLAG_RTINHERIT | INODE_FLAG_PROJINHERIT | INODE_FLAG_EXTSZINHERIT)
#define FLAGS_ANY                                                                                                      \
	(INODE_FLAG_IMMUTABLE | INODE_FLAG_APPEND | INODE_FLAG_SYNC | INODE_FLAG_NOATIME | INODE_FLAG_NODUMP |         \
	 INODE_FLAG_NOSYMLINKS | INODE_FLAG_NODEFRAG | INODE_FLAG_FILESTREAM)
#define FLAGS_KNOWN (FLAGS_FILE | FLAGS_DIR | FLAGS_ANY | INODE_FLAG_REALTIME | INODE_FLAG_NEWRTBM)
#define FLAGS2_KNOWN                                                                                                   \
	(INODE_FLAG2_DAX | INODE_FLAG2_REFLINK | INODE_FLAG2_COWEXTSIZE | INODE_FLAG2_BIGTIME | INODE_FLAG2_NREXT64)

static const struct disk_inode *core_of(const struct inode *inode)
{
	return (const struct disk_inode *)inode->raw;
}

static void raise(struct check_work *work, enum finding_code code, const struct inode *inode, const char *field,
		  uint64_t found)
{
	finding_raise(&work->findings, &(struct finding){
					       .code = code,
					       .at = at_inode(inode->ino),
					       .field = field,
					       .has_found = true,
					       .found = found,
				       });
}

static void never_used(struct check_work *work, const struct inode *inode, const char *field, uint64_t found)
{
	if (found != 0)
		raise(work, FINDING_INODE_UNUSED_FIELD, inode, field, found);
}

static uint64_t first_set(const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (bytes[i] != 0)
			return bytes[i];
	return 0;
}

/*
 * What the kernel writes as zero in every inode, used or free. It leaves dmevmask and dmstate as they are, and before
 * 5.9 had a system call that set them, for a storage manager that never came: nothing else ever did.
 */
static void check_unused(struct check_work *work, const struct inode *inode)
{
	const struct disk_inode *core = core_of(inode);

	never_used(work, inode, "onlink", be16_get(core->onlink));
	never_used(work, inode, "pad2", first_set(core->pad2, sizeof(core->pad2)));
	never_used(work, inode, "dmevmask", be32_get(core->dmevmask));
	never_used(work, inode, "dmstate", be16_get(core->dmstate));
	if (inode->flags2 & INODE_FLAG2_NREXT64) {
		never_used(work, inode, "nrext64_pad", be16_get(core->nrext64_pad));
	} else {
		never_used(work, inode, "v2_pad", first_set(core->v2_pad, sizeof(core->v2_pad)));
		never_used(work, inode, "flushiter", be16_get(core->flushiter));
	}
}

/* @legal: of those that are known. */
static void check_legal(struct check_work *work, const struct inode *inode, const char *field, uint64_t flags,
			uint64_t legal)
{
	if (flags & ~legal)
		raise(work, FINDING_INODE_FLAGS, inode, field, flags);
}

static void check_flags(struct check_work *work, const struct inode *inode)
{
	uint32_t legal = FLAGS_ANY;

	if (inode_is(inode, INODE_MODE_FILE))
		legal |= FLAGS_FILE;
	if (inode_is(inode, INODE_MODE_DIR))
		legal |= FLAGS_DIR;
	if (inode->ino == work_fs(work)->geo.rtbitmap_ino)
		legal |= INODE_FLAG_NEWRTBM;
	/* Nothing makes the flag for realtime legal where there is no realtime device. */
	check_legal(work, inode, "flags", inode->flags, legal | ~FLAGS_KNOWN);
}

static void check_flags2(struct check_work *work, const struct inode *inode)
{
	const struct geometry *geo = &work_fs(work)->geo;
	bool file = inode_is(inode, INODE_MODE_FILE), dir = inode_is(inode, INODE_MODE_DIR);
	uint64_t legal = 0;

	if (file || dir)
		legal |= INODE_FLAG2_DAX;
	if (file && geo->has_reflink)
		legal |= INODE_FLAG2_REFLINK;
	if ((file || dir) && geo->has_reflink)
		legal |= INODE_FLAG2_COWEXTSIZE;
	if (geo->has_bigtime)
		legal |= INODE_FLAG2_BIGTIME;
	if (geo->has_nrext64)
		legal |= INODE_FLAG2_NREXT64;
	check_legal(work, inode, "flags2", inode->flags2, legal | ~(uint64_t)FLAGS2_KNOWN);
}

static void check_unknown_flags(struct check_work *work, const struct inode *inode)
{
	if (inode->flags & ~FLAGS_KNOWN)
		raise(work, FINDING_INODE_FLAGS_UNKNOWN, inode, "flags", inode->flags);
	if (inode->flags2 & ~(uint64_t)FLAGS2_KNOWN)
		raise(work, FINDING_INODE_FLAGS_UNKNOWN, inode, "flags2", inode->flags2);
}

/* A hint asks for no more than half a group. */
static bool hint_fits(const struct check_work *work, uint32_t blocks)
{
	return blocks <= EXTENT_MAX && blocks <= work_fs(work)->geo.ag_blocks / 2;
}

/* It is there exactly if its flag says so. */
static void check_hint(struct check_work *work, const struct inode *inode, const char *field, bool wanted,
		       uint32_t blocks)
{
	if (wanted != (blocks != 0) || !hint_fits(work, blocks))
		raise(work, FINDING_INODE_HINT, inode, field, blocks);
}

static void check_hints(struct check_work *work, const struct inode *inode)
{
	const struct disk_inode *core = core_of(inode);

	check_hint(work, inode, "extsize", inode->flags & (INODE_FLAG_EXTSIZE | INODE_FLAG_EXTSZINHERIT),
		   be32_get(core->extsize));
	check_hint(work, inode, "cowextsize", inode->flags2 & INODE_FLAG2_COWEXTSIZE, be32_get(core->cowextsize));
}

/* Directories and links lose their size only on the way to be freed. */
static bool size_fits(const struct geometry *geo, const struct inode *inode)
{
	uint64_t size = inode->size_bytes;

	switch (inode->mode & INODE_MODE_TYPE) {
	case INODE_MODE_FILE:
		return true;
	case INODE_MODE_DIR:
		if (size == 0)
			return inode->nlink == 0;
		/* A short one: inode_decode and the reader of directories have seen that it fits. */
		return inode->fork[FORK_DATA].format == FORK_LOCAL ||
		       (size <= DIR_BYTES_MAX && size % geo->dirblock_bytes == 0);
	case INODE_MODE_LINK:
		return size != 0 || inode->nlink == 0; /* how long it may be: symlink.c */
	default:
		return size == 0;
	}
}

static void check_size(struct check_work *work, const struct inode *inode)
{
	if (!size_fits(&work_fs(work)->geo, inode))
		raise(work, FINDING_INODE_SIZE, inode, "size", inode->size_bytes);
}

/* Whether those without links are on a list: unlinked.c. */
static void check_next_unlinked(struct check_work *work, const struct inode *inode)
{
	if (inode->next_unlinked != AGINO_NULL && inode->nlink != 0)
		raise(work, FINDING_INODE_ON_LIST, inode, "next_unlinked", inode->next_unlinked);
}

/* A project of that number could be set by older kernels. */
static void check_ids(struct check_work *work, const struct inode *inode)
{
	if (inode->uid == ID_NONE)
		raise(work, FINDING_INODE_ID, inode, "uid", inode->uid);
	if (inode->gid == ID_NONE)
		raise(work, FINDING_INODE_ID, inode, "gid", inode->gid);
}

static void check_time(struct check_work *work, const struct inode *inode, const char *field,
		       const struct disk_time *time)
{
	uint32_t nanoseconds = be32_get(*(const be32 *)(time->b + 4));

	if (nanoseconds >= NSEC_PER_SEC)
		raise(work, FINDING_INODE_TIME, inode, field, nanoseconds);
}

/* With bigtime every number of 64 bits is a time. */
static void check_times(struct check_work *work, const struct inode *inode)
{
	const struct disk_inode *core = core_of(inode);

	if (inode->flags2 & INODE_FLAG2_BIGTIME)
		return;
	check_time(work, inode, "atime", &core->atime);
	check_time(work, inode, "mtime", &core->mtime);
	check_time(work, inode, "ctime", &core->ctime);
	check_time(work, inode, "crtime", &core->crtime);
}

/*
 * Without an attribute fork its format is that of no extents: the kernel takes 0 as well, which inodes have that were
 * never used, but writes no other. A device number has eight bytes before.
 */
static void check_fork_fields(struct check_work *work, const struct inode *inode)
{
	const struct disk_inode *core = core_of(inode);
	bool nrext64 = inode->flags2 & INODE_FLAG2_NREXT64;

	if (core->forkoff == 0 && core->aformat != FORK_EXTENTS)
		raise(work, FINDING_INODE_FORK_FIELD, inode, "aformat", core->aformat);
	if (core->forkoff == 0 && inode->fork[FORK_ATTR].extents != 0)
		raise(work, FINDING_INODE_FORK_FIELD, inode, nrext64 ? "big_anextents" : "anextents",
		      inode->fork[FORK_ATTR].extents);
	if (core->forkoff > 1 && inode->fork[FORK_DATA].exists && inode->fork[FORK_DATA].format == FORK_DEV)
		raise(work, FINDING_INODE_FORK_FIELD, inode, "forkoff", core->forkoff);
}

/*
 * The inodes that only the superblock names, which counts as their one link. Those for a realtime device are empty
 * where there is none. What is in those for quota: quota.c.
 */
static void check_internal(struct check_work *work, const struct inode *inode)
{
	const struct geometry *geo = &work_fs(work)->geo;

	if (!geometry_is_internal(geo, inode->ino))
		return;
	if (!inode_is(inode, INODE_MODE_FILE))
		raise(work, FINDING_INODE_INTERNAL, inode, "mode", inode->mode);
	else if ((inode->ino == geo->rtbitmap_ino || inode->ino == geo->rtsummary_ino) && inode->size_bytes != 0)
		raise(work, FINDING_INODE_INTERNAL, inode, "size", inode->size_bytes);
	if (inode->nlink != 1)
		raise(work, FINDING_INODE_INTERNAL, inode, "nlink", inode->nlink);
}

void inode_core_check(struct check_work *work, const struct inode *inode)
{
	check_unused(work, inode);
	check_flags(work, inode);
	check_flags2(work, inode);
	check_unknown_flags(work, inode);
	check_hints(work, inode);
	check_size(work, inode);
	check_next_unlinked(work, inode);
	check_ids(work, inode);
	check_times(work, inode);
	check_fork_fields(work, inode);
	check_internal(work, inode);
	check_lsn(work, at_inode(inode->ino), be64_get(core_of(inode)->lsn));
}

static void not_clean(struct check_work *work, const struct inode *inode, const char *field, uint64_t found)
{
	if (found != 0)
		raise(work, FINDING_INODE_FREE_NOT_CLEAN, inode, field, found);
}

static void free_but_used(struct check_work *work, const struct inode *inode)
{
	raise(work, FINDING_INODE_FREE_BUT_USED, inode, "mode", inode->mode);
}

/*
 * An inode that was freed keeps its size and hints, an inode of a new chunk has zeros there: they could have been those
 * of an inode in use. Of flags2 what new inodes have is left: 64-bit times and counters.
 */
static void check_left_over(struct check_work *work, const struct inode *inode)
{
	const struct disk_inode *core = core_of(inode);
	const struct geometry *geo = &work_fs(work)->geo;
	uint32_t extsize = be32_get(core->extsize), cowextsize = be32_get(core->cowextsize);
	uint64_t legal = 0;

	if (geo->has_bigtime)
		legal |= INODE_FLAG2_BIGTIME;
	if (geo->has_nrext64)
		legal |= INODE_FLAG2_NREXT64;
	not_clean(work, inode, "flags2", inode->flags2 & ~legal ? inode->flags2 : 0);
	not_clean(work, inode, "size", inode->size_bytes > INT64_MAX ? inode->size_bytes : 0);
	not_clean(work, inode, "extsize", hint_fits(work, extsize) ? 0 : extsize);
	not_clean(work, inode, "cowextsize", hint_fits(work, cowextsize) ? 0 : cowextsize);
}

/*
 * Owners and times of a free inode do not count any more, as the kernel sets them when it takes the inode. What it does
 * not set must be right: the end of the list, and that there is no mapped block.
 */
void inode_free_check(struct check_work *work, const struct inode *inode)
{
	const struct disk_inode *core = core_of(inode);

	if (inode->mode != 0) {
		free_but_used(work, inode);
		return;
	}
	not_clean(work, inode, "nlink", inode->nlink);
	not_clean(work, inode, "nblocks", inode->blocks);
	not_clean(work, inode, "nextents", inode->fork[FORK_DATA].extents);
	not_clean(work, inode, "anextents", inode->fork[FORK_ATTR].extents);
	not_clean(work, inode, "forkoff", core->forkoff);
	not_clean(work, inode, "flags", inode->flags);
	not_clean(work, inode, "format", core->format == FORK_EXTENTS ? 0 : core->format);
	not_clean(work, inode, "aformat", core->aformat == FORK_EXTENTS ? 0 : core->aformat);
	not_clean(work, inode, "next_unlinked", (uint32_t)~inode->next_unlinked);
	check_left_over(work, inode);
	check_unused(work, inode);
	check_lsn(work, at_inode(inode->ino), be64_get(core->lsn));
}
