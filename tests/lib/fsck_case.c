/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Changed images, checked. */
#include "lib/fsck_case.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/crc32c.h"
#include "fs/dir.h"

static void die(const char *what, const char *why)
{
	fprintf(stderr, "fsck case: %s: %s\n", what, why);
	exit(99);
}

static void open_fs(const char *path, const struct interval_set *bad, struct device **device, struct fs **fs)
{
	struct error err;

	if (device_open(path, 0, device, &err) != 0 || device_set_bad(*device, bad, &err) != 0 ||
	    fs_open(*device, fs, &err) != 0)
		die(path, err.text);
}

void fsck_case_open(struct fsck_case *c, const char *name)
{
	const char *images = getenv("IMAGES");
	char path[4096];

	*c = (struct fsck_case){0};
	if (!images)
		die(name, "IMAGES does not say where the images are");
	(void)snprintf(path, sizeof(path), "%s/%s.img", images, name);
	memory_image_copy(path, &c->image);
	open_fs(c->image.path, &c->bad, &c->device, &c->fs);
}

void fsck_case_close(struct fsck_case *c)
{
	fs_close(c->fs);
	device_close(c->device);
	memory_image_free(&c->image);
	interval_fini(&c->bad);
}

/* ------------------------------------------------------------------ inodes */

static uint64_t inode_offset(const struct fsck_case *c, uint64_t ino)
{
	uint64_t offset;

	if (!geometry_ino_offset(&c->fs->geo, ino, &offset))
		die("inode", "no such number");
	return offset;
}

struct disk_inode *fsck_case_inode(const struct fsck_case *c, uint64_t ino)
{
	return (struct disk_inode *)(c->image.bytes + inode_offset(c, ino));
}

void fsck_case_seal_inode(const struct fsck_case *c, uint64_t ino)
{
	crc32c_block_seal(fsck_case_inode(c, ino), c->fs->geo.inode_bytes, offsetof(struct disk_inode, crc));
}

void fsck_case_set_inode(const struct fsck_case *c, uint64_t ino, const char *field, uint64_t value)
{
	const struct field *found = field_find(&inode_table, field);

	if (!found)
		die(field, "no such field");
	field_set(found, fsck_case_inode(c, ino), 0, value);
	fsck_case_seal_inode(c, ino);
}

static void read_dir(const struct fsck_case *c, uint64_t ino, struct inode *out)
{
	struct error err;

	if (inode_read(c->fs, ino, out, &err) != 0)
		die("directory", err.text);
}

uint64_t fsck_case_ino(const struct fsck_case *c, const char *path)
{
	uint64_t ino = c->fs->geo.root_ino;

	while (*path) {
		size_t len = strcspn(path, "/");
		struct inode dir;

		read_dir(c, ino, &dir);
		if (dir_lookup(c->fs, &dir, (struct span){(const uint8_t *)path, len}, &ino, NULL) != 1)
			die(path, "no such name");
		path += len + (path[len] == '/');
	}
	return ino;
}

/* ------------------------------------------------------------------ entries */

static bool find_short(const struct fsck_case *c, const struct inode *dir, const char *name, struct fsck_entry *out)
{
	uint8_t *fork = c->image.bytes + dir->offset_bytes + dir->fork[FORK_DATA].start;
	unsigned count = fork[0], bytes = fork[1] ? 8 : 4;
	uint8_t *at = fork + 2 + bytes;

	*out = (struct fsck_entry){.ino = fork + 2, .ino_bytes = bytes, .dir = dir->ino};
	if (strcmp(name, "..") == 0)
		return true;
	for (unsigned i = 0; i < count; i++) {
		unsigned len = at[0];

		out->ftype = at + 3 + len;
		out->ino = out->ftype + 1;
		if (len == strlen(name) && memcmp(at + 3, name, len) == 0)
			return true;
		at = out->ino + bytes;
	}
	return false;
}

static bool find_in_block(uint8_t *block, size_t end, const char *name, struct fsck_entry *out)
{
	size_t at = sizeof(struct disk_dir_data);

	while (at + sizeof(struct disk_dir_entry) <= end) {
		const struct disk_dir_unused *unused = (const struct disk_dir_unused *)(block + at);
		uint8_t len = block[at + 8];

		if (be16_get(unused->freetag) == DIR_FREE_TAG) {
			at += be16_get(unused->length);
			continue;
		}
		out->ino = block + at;
		out->ino_bytes = 8;
		out->ftype = block + at + 9 + len;
		out->block = block;
		if (len == strlen(name) && memcmp(block + at + 9, name, len) == 0)
			return true;
		at += dir_entry_bytes(len, true);
	}
	return false;
}

struct fsck_entry fsck_case_entry(const struct fsck_case *c, uint64_t dir, const char *name)
{
	const struct geometry *geo = &c->fs->geo;
	struct fsck_entry entry = {.dir = dir};
	struct inode inode;

	read_dir(c, dir, &inode);
	if (inode.fork[FORK_DATA].format == FORK_LOCAL) {
		if (find_short(c, &inode, name, &entry))
			return entry;
		die(name, "no such entry in its directory");
	}
	for (uint64_t fileoff = 0; fileoff < DIR_LEAF_OFFSET >> geo->block_log;
	     fileoff += 1u << geo->dirblock_blocks_log) {
		struct extent extent;
		struct agaddr at;
		uint8_t *block;

		if (fork_map(c->fs, &inode, FORK_DATA, fileoff, &extent, NULL) != 1)
			break;
		at = extent.start;
		at.agbno += (uint32_t)(fileoff - extent.fileoff);
		block = c->image.bytes + geometry_block_offset(geo, at);
		if (find_in_block(block, geo->dirblock_bytes, name, &entry))
			return entry;
	}
	die(name, "no such entry in its directory");
	return entry;
}

uint64_t fsck_entry_ino(const struct fsck_entry *entry)
{
	uint64_t ino = 0;

	for (unsigned i = 0; i < entry->ino_bytes; i++)
		ino = ino << 8 | entry->ino[i];
	return ino;
}

void fsck_entry_set(const struct fsck_case *c, const struct fsck_entry *entry, uint64_t ino, int ftype)
{
	for (unsigned i = 0; i < entry->ino_bytes; i++)
		entry->ino[i] = (uint8_t)(ino >> 8 * (entry->ino_bytes - 1 - i));
	if (ftype >= 0 && entry->ftype)
		*entry->ftype = (uint8_t)ftype;
	if (entry->block)
		crc32c_block_seal(entry->block, c->fs->geo.dirblock_bytes, offsetof(struct disk_dir_header, crc));
	else
		fsck_case_seal_inode(c, entry->dir);
}

/* ------------------------------------------------------------------ headers */

struct disk_agi *fsck_case_agi(const struct fsck_case *c, uint32_t agno)
{
	return (struct disk_agi *)(c->image.bytes + geometry_sector_offset(&c->fs->geo, agno, AGI_SECTOR));
}

void fsck_case_seal_agi(const struct fsck_case *c, uint32_t agno)
{
	crc32c_block_seal(fsck_case_agi(c, agno), c->fs->geo.sector_bytes, offsetof(struct disk_agi, crc));
}

/* ------------------------------------------------------------------ the check */

static void say(struct fsck_case *c, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void say(struct fsck_case *c, const char *format, ...)
{
	size_t len = strlen(c->said);
	va_list args;
	int more;

	va_start(args, format);
	more = vsnprintf(c->said + len, sizeof(c->said) - len, format, args);
	va_end(args);
	if (more < 0 || (size_t)more >= sizeof(c->said) - len)
		c->whole = false;
}

static void say_place(struct fsck_case *c, const struct place *at)
{
	if (at->in_group)
		say(c, " group %u", at->agno);
	if (at->in_block)
		say(c, " block %u+%u", at->agbno, at->len_blocks);
	if (at->in_inode)
		say(c, " ino %llu", (unsigned long long)at->ino);
	if (at->in_fork)
		say(c, " %s", at->fork == FORK_DATA ? "data" : "attr");
	if (at->has_fileoff)
		say(c, " at %llu", (unsigned long long)at->fileoff);
}

static void say_finding(struct fsck_case *c, const struct finding *finding)
{
	say(c, "%s", finding_kinds[finding->code].name);
	say_place(c, &finding->at);
	if (finding->other_ino)
		say(c, " other %llu", (unsigned long long)finding->other_ino);
	if (finding->name_len)
		say(c, " '%.*s'", finding->name_len, (const char *)finding->name);
	if (finding->field)
		say(c, " %s", finding->field);
	if (finding->has_expected && finding->has_found)
		say(c, " %llu!=%llu", (unsigned long long)finding->expected, (unsigned long long)finding->found);
	else if (finding->has_found)
		say(c, " found %llu", (unsigned long long)finding->found);
	if (finding->has_id)
		say(c, " id %u", finding->id);
	if (finding->count)
		say(c, " x %llu", (unsigned long long)finding->count);
	if (finding->why.code == ERR_CORRUPT)
		say(c, " (%s)", flaw_text(finding->why.flaw));
	else if (finding->why.code == ERR_MEDIA)
		say(c, " (media)");
	say(c, "%s\n", finding->follows ? " follows" : "");
}

void fsck_case_bad(struct fsck_case *c, uint64_t start_bytes, uint64_t end_bytes)
{
	if (interval_add(&c->bad, start_bytes, end_bytes) != 0)
		die("bad bytes", "no memory");
	interval_settle(&c->bad);
}

const char *fsck_case_run(struct fsck_case *c)
{
	struct fsck_options options = {0};
	struct fsck_result result = {0};
	struct device *device = NULL;
	struct pool *pool = NULL;
	struct fs *fs = NULL;
	struct error err;

	for (unsigned i = 0; i < HASH_SECRET_BYTES; i++)
		options.secret.bytes[i] = (uint8_t)(i * 37 + 11);
	open_fs(c->image.path, &c->bad, &device, &fs);
	if (pool_open(2, &pool, &err) != 0 || fsck_run(fs, pool, &options, &result, &err) != 0)
		die(c->image.path, err.text);
	c->said[0] = '\0';
	c->whole = true;
	for (size_t i = 0; i < result.findings.count; i++)
		say_finding(c, &result.findings.items[i]);
	fsck_result_fini(&result);
	pool_close(pool);
	fs_close(fs);
	device_close(device);
	return c->said;
}
