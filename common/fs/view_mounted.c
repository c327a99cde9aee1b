/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The view of a mounted file system: geometry, inodes and chunks as the kernel tells them.
 */
#include "fs/view_mounted.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <linux/fs.h>
#include <unistd.h>

#include "format/inode.h"
#include "format/records.h"

/* ---- inodes by number ---- */

int mounted_stat_next(const struct mounted *m, uint64_t *cursor, struct kernel_bulkstat *out, uint32_t room,
		      uint32_t *count, struct error *err)
{
	const size_t head = sizeof(struct kernel_bulk_request);
	struct kernel_bulk_request *request = calloc(1, head + room * sizeof(*out));
	int rc = 0;

	if (!request)
		return error_set(err, ERR_NOMEM, "no memory to list inodes");
	request->ino = *cursor;
	request->icount = room;
	/* Without the flag the call fails at a file with very many extents, which only such a file system can have. */
	request->flags = m->geo.has_nrext64 ? KERNEL_BULK_NREXT64 : 0;
	if (ioctl(m->fd, KERNEL_IOC_BULKSTAT, request) != 0) {
		rc = error_set_errno(err, ERR_IO, errno, "the kernel does not list inodes (BULKSTAT)");
	} else {
		*count = request->ocount <= room ? request->ocount : room;
		*cursor = request->ino;
		memcpy(out, (const uint8_t *)request + head, *count * sizeof(*out));
	}
	free(request);
	return rc;
}

int mounted_chunks_next(const struct mounted *m, uint64_t *cursor, struct kernel_inumbers *out, uint32_t room,
			uint32_t *count, struct error *err)
{
	const size_t head = sizeof(struct kernel_bulk_request);
	struct kernel_bulk_request *request = calloc(1, head + room * sizeof(*out));
	int rc = 0;

	if (!request)
		return error_set(err, ERR_NOMEM, "no memory to list inode chunks");
	request->ino = *cursor;
	request->icount = room;
	if (ioctl(m->fd, KERNEL_IOC_INUMBERS, request) != 0) {
		rc = error_set_errno(err, ERR_IO, errno, "the kernel does not list inode chunks (INUMBERS)");
	} else {
		*count = request->ocount <= room ? request->ocount : room;
		*cursor = request->ino;
		memcpy(out, (const uint8_t *)request + head, *count * sizeof(*out));
	}
	free(request);
	return rc;
}

int mounted_stat(const struct mounted *m, uint64_t ino, struct kernel_bulkstat *out, struct error *err)
{
	uint64_t cursor = ino;
	uint32_t count = 0;
	int rc = mounted_stat_next(m, &cursor, out, 1, &count, err);

	/* The call answers with the next inode in use. */
	return rc != 0 ? rc : count == 1 && out->ino == ino;
}

uint64_t mounted_inode_count(const struct mounted *m)
{
	struct statfs info;

	return fstatfs(m->fd, &info) == 0 && info.f_files > info.f_ffree ? info.f_files - info.f_ffree : 0;
}

int mounted_open_inode(const struct mounted *m, uint64_t ino, uint32_t gen, int flags)
{
	/* 64 bits of inode number, then the generation, in the host's order: seen from name_to_handle_at. */
	const unsigned bytes = sizeof(ino) + sizeof(gen);
	union {
		struct file_handle handle;
		uint8_t room[sizeof(struct file_handle) + sizeof(uint64_t) + sizeof(uint32_t)];
	} h = {0};

	h.handle.handle_bytes = bytes;
	h.handle.handle_type = KERNEL_FILEID_INO64_GEN;
	memcpy(h.handle.f_handle, &ino, sizeof(ino));
	memcpy(h.handle.f_handle + sizeof(ino), &gen, sizeof(gen));
	return open_by_handle_at(m->fd, &h.handle, flags | O_CLOEXEC);
}

/* ---- operations ---- */

/* The chunk that holds @ino: 1, 0, ERR_IO. */
static int find_chunk(const struct mounted *m, uint64_t ino, struct kernel_inumbers *out, struct error *err)
{
	/* A chunk that begins earlier is not found by an inode inside it: start where one could begin. */
	uint64_t cursor = ino < INODES_PER_CHUNK ? 0 : ino - (INODES_PER_CHUNK - 1);
	struct kernel_inumbers chunks[2];
	uint32_t count = 0;
	int rc = mounted_chunks_next(m, &cursor, chunks, 2, &count, err);

	for (uint32_t i = 0; i < count && rc == 0; i++)
		if (chunks[i].startino <= ino && ino - chunks[i].startino < INODES_PER_CHUNK) {
			*out = chunks[i];
			return 1;
		}
	return rc;
}

static int file(void *self, uint64_t ino, struct file_info *out, struct error *err)
{
	const struct mounted *m = self;
	struct kernel_bulkstat stat;
	struct kernel_inumbers chunk;
	int rc = mounted_stat(m, ino, &stat, err);

	if (rc < 0)
		return rc;
	if (rc == 1) {
		*out = (struct file_info){.ino = ino,
					  .allocated = true,
					  .mode = stat.mode,
					  .gen = stat.gen,
					  .nlink = stat.nlink,
					  .size_bytes = stat.size};
		return 0;
	}
	/*
	 * In use, but not listed: the kernel's own, a quota or realtime file. Those are
	 * regular files with one link that is in no directory (seen in kernel images).
	 */
	rc = find_chunk(m, ino, &chunk, err);
	if (rc < 0)
		return rc;
	*out = (struct file_info){.ino = ino, .allocated = rc == 1 && chunk.allocmask >> (ino - chunk.startino) & 1};
	if (out->allocated) {
		out->mode = (uint16_t)INODE_MODE_FILE;
		out->nlink = 1;
	}
	return 0;
}

struct presence {
	uint64_t start_bytes; /* of the chunk */
	uint32_t inode_bytes;
	uint64_t present; /* bits */
	uint64_t absent;
};

static int note_presence(void *arg, const struct owner *owner)
{
	struct presence *p = arg;

	if (owner->kind == OWNER_UNKNOWN)
		return 0;
	for (unsigned i = 0; i < INODES_PER_CHUNK; i++) {
		uint64_t at = p->start_bytes + (uint64_t)i * p->inode_bytes;

		if (at < owner->start_bytes || at >= owner->end_bytes)
			continue;
		if (owner->kind == OWNER_INODES)
			p->present |= 1ull << i;
		else
			p->absent |= 1ull << i;
	}
	return 0;
}

static int chunk(void *self, uint64_t ino, uint64_t *first_ino, uint64_t *allocated, uint64_t *present,
		 struct error *err)
{
	const struct mounted *m = self;
	struct presence p = {.inode_bytes = m->geo.inode_bytes};
	struct interval_set missing = {0};
	struct kernel_inumbers found;
	uint32_t agno, agino, within;
	int rc = find_chunk(m, ino, &found, err);

	if (rc != 1)
		return rc;
	if (!geometry_ino_split(&m->geo, found.startino, &agno, &agino))
		return error_set(err, ERR_IO, "the kernel names an inode %llu that cannot be",
				 (unsigned long long)found.startino);
	p.start_bytes = geometry_block_offset(&m->geo, (struct agaddr){agno, geometry_agino_block(&m->geo, agino,
												  &within)});
	p.start_bytes += within;
	rc = mounted_fsmap(m, p.start_bytes, p.start_bytes + (uint64_t)INODES_PER_CHUNK * p.inode_bytes, note_presence,
			   &p, &missing, err);
	interval_fini(&missing);
	if (rc != 0)
		return rc;
	*first_ino = found.startino;
	*allocated = found.allocmask;
	/* Without a reverse mapping: all of a chunk that cannot be sparse, else what is surely not somebody else's. */
	*present = p.present | found.allocmask;
	if (!m->geo.has_rmapbt)
		*present |= m->geo.has_sparse_inodes ? mounted_present_with(found.allocmask) : ~p.absent;
	return 1;
}

static int owners(void *self, const struct interval_set *wanted, const struct owner_sink *sink,
		  const struct progress *progress, struct error *err)
{
	return mounted_owners(self, wanted, sink, progress, err);
}

static int paths(void *self, const uint64_t *inos, size_t count, bool one_path, const struct path_sink *sink,
		 const struct progress *progress, struct error *err)
{
	const struct mounted *m = self;

	return m->has_getparents ? mounted_paths_by_parents(m, inos, count, one_path, sink, progress, err)
				 : mounted_paths_by_walk(m, inos, count, one_path, sink, progress, err);
}

static void close_view(void *self)
{
	struct mounted *m = self;

	if (m->fd >= 0)
		close(m->fd);
	free(m);
}

static const struct view_ops mounted_ops = {
	.owners = owners,
	.file = file,
	.paths = paths,
	.chunk = chunk,
	.close = close_view,
};

/* ---- opening ---- */

static uint8_t log2_up(uint64_t value)
{
	uint8_t log = 0;

	while (log < 63 && 1ull << log < value)
		log++;
	return log;
}

static int check_supported(const struct kernel_geometry *kernel, struct error *err)
{
	if (!(kernel->flags & KERNEL_GEO_V5SB))
		return error_set(err, ERR_UNSUPPORTED, "XFS version 4 (without checksums) is not supported, only 5");
	if (kernel->flags & KERNEL_GEO_ZONED)
		return error_set(err, ERR_UNSUPPORTED, "zoned file systems are not supported");
	if (kernel->flags & KERNEL_GEO_METADIR)
		return error_set(err, ERR_UNSUPPORTED, "the metadata directory (metadir) is not supported");
	if (kernel->rtblocks != 0)
		return error_set(err, ERR_UNSUPPORTED, "file systems with a realtime device are not supported");
	if (kernel->logstart == 0)
		return error_set(err, ERR_UNSUPPORTED, "file systems with an external journal are not supported");
	if (kernel->blocksize == 0 || kernel->inodesize == 0 || kernel->sectsize == 0 || kernel->agblocks == 0 ||
	    kernel->agcount == 0 || kernel->inodesize > kernel->blocksize || kernel->dirblocksize < kernel->blocksize)
		return error_set(err, ERR_IO, "the kernel describes a geometry that cannot be");
	return 0;
}

static void take_features(uint32_t flags, struct geometry *geo)
{
	/* clang-format off */
	static const struct {
		uint32_t flag, ro_compat, incompat;
	} features[] = {
		{KERNEL_GEO_FINOBT,	SB_RO_COMPAT_FINOBT,	0},
		{KERNEL_GEO_RMAPBT,	SB_RO_COMPAT_RMAPBT,	0},
		{KERNEL_GEO_REFLINK,	SB_RO_COMPAT_REFLINK,	0},
		{KERNEL_GEO_INOBTCNT,	SB_RO_COMPAT_INOBTCNT,	0},
		{KERNEL_GEO_FTYPE,	0, SB_INCOMPAT_FTYPE},
		{KERNEL_GEO_SPINODES,	0, SB_INCOMPAT_SPINODES},
		{KERNEL_GEO_BIGTIME,	0, SB_INCOMPAT_BIGTIME},
		{KERNEL_GEO_NREXT64,	0, SB_INCOMPAT_NREXT64},
		{KERNEL_GEO_EXCHRANGE,	0, SB_INCOMPAT_EXCHRANGE},
		{KERNEL_GEO_PARENT,	0, SB_INCOMPAT_PARENT},
	};
	/* clang-format on */

	for (size_t i = 0; i < sizeof(features) / sizeof(features[0]); i++)
		if (flags & features[i].flag) {
			geo->features_ro_compat |= features[i].ro_compat;
			geo->features_incompat |= features[i].incompat;
		}
	geo->has_finobt = flags & KERNEL_GEO_FINOBT;
	geo->has_rmapbt = flags & KERNEL_GEO_RMAPBT;
	geo->has_reflink = flags & KERNEL_GEO_REFLINK;
	geo->has_inobtcount = flags & KERNEL_GEO_INOBTCNT;
	geo->has_ftype = flags & KERNEL_GEO_FTYPE;
	geo->has_sparse_inodes = flags & KERNEL_GEO_SPINODES;
	geo->has_bigtime = flags & KERNEL_GEO_BIGTIME;
	geo->has_nrext64 = flags & KERNEL_GEO_NREXT64;
	geo->has_exchange = flags & KERNEL_GEO_EXCHRANGE;
	geo->has_parent = flags & KERNEL_GEO_PARENT;
}

/*
 * What the kernel does not tell stays 0: alignments of inodes, the UUID in the blocks, numbers of realtime and quota
 * files, and features of the log.
 */
static int fill_geometry(struct mounted *m, struct error *err)
{
	struct kernel_geometry kernel = {0};
	struct geometry *geo = &m->geo;
	char label[FSLABEL_MAX] = "";
	int rc;

	if (ioctl(m->fd, KERNEL_IOC_FSGEOMETRY, &kernel) != 0)
		return error_set_errno(err, errno == ENOTTY ? ERR_UNSUPPORTED : ERR_IO, errno,
				       "the kernel does not tell the geometry (FSGEOMETRY, since Linux 5.2)");
	rc = check_supported(&kernel, err);
	if (rc != 0)
		return rc;
	geo->block_bytes = kernel.blocksize;
	geo->sector_bytes = kernel.sectsize;
	geo->inode_bytes = kernel.inodesize;
	geo->dirblock_bytes = kernel.dirblocksize;
	geo->block_log = log2_up(kernel.blocksize);
	geo->sector_log = log2_up(kernel.sectsize);
	geo->inode_log = log2_up(kernel.inodesize);
	geo->inodes_per_block_log = (uint8_t)(geo->block_log - geo->inode_log);
	geo->dirblock_blocks_log = (uint8_t)(log2_up(kernel.dirblocksize) - geo->block_log);
	geo->ag_blocks_log = log2_up(kernel.agblocks);
	geo->ag_count = kernel.agcount;
	geo->ag_blocks = kernel.agblocks;
	geo->blocks = kernel.datablocks;
	geo->log_blocks = kernel.logblocks;
	if (!geometry_unpack(geo, (struct fsblock){kernel.logstart}, &geo->log_start))
		return error_set(err, ERR_IO, "the kernel describes a journal outside the file system");
	memcpy(geo->uuid.b, kernel.uuid, sizeof(geo->uuid.b));
	take_features(kernel.flags, geo);
	/* The label is for people: to go on without it is better than not to go on. */
	if (ioctl(m->fd, FS_IOC_GETFSLABEL, label) == 0)
		memcpy(geo->label, label, sizeof(geo->label) - 1);
	return 0;
}

static int find_root(struct mounted *m, struct error *err)
{
	struct {
		struct kernel_bulk_request head;
		struct kernel_bulkstat stat;
	} request = {.head = {.ino = KERNEL_BULK_ROOT, .flags = KERNEL_BULK_SPECIAL, .icount = 1}};

	if (m->geo.has_nrext64)
		request.head.flags |= KERNEL_BULK_NREXT64;
	if (ioctl(m->fd, KERNEL_IOC_BULKSTAT, &request) != 0) {
		if (errno == EPERM)
			return error_set_errno(err, ERR_IO, EPERM, "a mounted file system tells its owners to root only");
		return error_set_errno(err, ERR_IO, errno, "the kernel does not tell the root directory (BULKSTAT)");
	}
	if (request.head.ocount != 1)
		return error_set(err, ERR_IO, "the kernel does not tell the root directory (BULKSTAT)");
	m->geo.root_ino = request.stat.ino;
	m->root_gen = request.stat.gen;
	return 0;
}

/* The file system's part of handles, and whether the kernel tells parents. */
static int find_handles(struct mounted *m, struct error *err)
{
	struct kernel_getparents_by_handle parents = {0};
	struct kernel_handle handle = {0};
	uint32_t len = sizeof(handle);
	struct kernel_handle_request request = {.fd = (uint32_t)m->fd, .out_handle = &handle, .out_len = &len};
	union {
		struct file_handle handle;
		uint8_t room[sizeof(struct file_handle) + MAX_HANDLE_SZ];
	} h = {0};

	h.handle.handle_bytes = MAX_HANDLE_SZ;
	if (name_to_handle_at(m->fd, "", &h.handle, &m->mount_id, AT_EMPTY_PATH) != 0 ||
	    ioctl(m->fd, KERNEL_IOC_FD_TO_HANDLE, &request) != 0)
		return error_set_errno(err, ERR_IO, errno, "the kernel gives no handle of the mount point");
	m->fsid = handle.fsid;
	if (!m->geo.has_parent)
		return 0;
	parents.handle = (struct kernel_handle){
		.fsid = m->fsid,
		.fid = {.len = sizeof(struct kernel_fid) - sizeof(uint16_t), .gen = m->root_gen, .ino = m->geo.root_ino},
	};
	m->has_getparents = ioctl(m->fd, KERNEL_IOC_GETPARENTS_BY_HANDLE, &parents) == 0 || errno != ENOTTY;
	return 0;
}

/* A device number as the kernel packs it into 32 bits for GETFSMAP: the low 8 bits of the minor, major, the others. */
static uint32_t pack_device(dev_t device)
{
	return (minor(device) & 0xffu) | major(device) << 8 | (minor(device) & ~0xffu) << 12;
}

static int ignore_owner(void *arg, const struct owner *owner)
{
	(void)arg;
	(void)owner;
	return 0;
}

/* A kernel without GETFSMAP must be known before the tool says how it goes on. */
static int probe_fsmap(const struct mounted *m, struct error *err)
{
	struct interval_set missing = {0};
	int rc = mounted_fsmap(m, 0, m->geo.block_bytes, ignore_owner, NULL, &missing, err);

	interval_fini(&missing);
	return rc;
}

static int open_mounted(struct mounted *m, const char *target, struct error *err)
{
	struct statfs info;
	struct stat stat;
	int rc;

	m->fd = open(target, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (m->fd < 0)
		return error_set_errno(err, ERR_IO, errno, "cannot open %s", target);
	if (fstatfs(m->fd, &info) != 0 || fstat(m->fd, &stat) != 0)
		return error_set_errno(err, ERR_IO, errno, "cannot ask for the file system of %s", target);
	if (info.f_type != KERNEL_XFS_SUPER_MAGIC)
		return error_set(err, ERR_UNSUPPORTED, "%s lies on a file system that is not XFS", target);
	m->device = pack_device(stat.st_dev);
	rc = fill_geometry(m, err);
	if (rc == 0)
		rc = find_root(m, err);
	if (rc == 0)
		rc = find_handles(m, err);
	if (rc == 0)
		rc = probe_fsmap(m, err);
	return rc;
}

int view_mounted_open(const char *target, struct pool *pool, struct view *out, struct error *err)
{
	struct mounted *m = calloc(1, sizeof(*m));
	int rc;

	if (!m)
		return error_set(err, ERR_NOMEM, "no memory for a view");
	*m = (struct mounted){.fd = -1, .pool = pool};
	rc = open_mounted(m, target, err);
	if (rc != 0) {
		close_view(m);
		return rc;
	}
	*out = (struct view){.ops = &mounted_ops,
			     .self = m,
			     .geo = m->geo,
			     .owners_from = m->geo.has_rmapbt ? "getfsmap" : "bmapx",
			     .slow = !m->geo.has_rmapbt};
	return 0;
}
