/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Directories: the walk over any form, and lookups by it. */
#include "fs/dir.h"

#include <stdlib.h>
#include <string.h>

#include "fs/dir_form.h"

int dir_report(const struct dir_walk *walk, const struct error *why)
{
	if (walk->walker->bad)
		return walk->walker->bad(walk->walker->arg, why);
	if (walk->err)
		*walk->err = *why;
	return why->code;
}

/* Whether any byte of the name is 0 or '/': eight at a time, as every name of a file system comes by here. */
static inline bool has_forbidden_byte(const uint8_t *name, size_t len)
{
	const uint64_t ones = 0x0101010101010101u, highs = 0x8080808080808080u;
	uint64_t found = 0;

	for (; len >= 8; len -= 8, name += 8) {
		uint64_t word, slash;

		memcpy(&word, name, 8);
		slash = word ^ ones * '/';
		found |= ((word - ones) & ~word) | ((slash - ones) & ~slash);
	}
	if (found & highs)
		return true;
	for (size_t i = 0; i < len; i++)
		if (name[i] == 0 || name[i] == '/')
			return true;
	return false;
}

bool dir_name_possible(struct span name)
{
	return name.len > 0 && !has_forbidden_byte(name.bytes, name.len);
}

bool dir_ino_possible(const struct geometry *geo, uint64_t ino)
{
	uint32_t agno, agino;

	return geometry_ino_split(geo, ino, &agno, &agino);
}

enum flaw dir_entry_flaw(const struct geometry *geo, const struct dir_entry *entry, uint8_t ftype)
{
	uint32_t agno, agino;

	if (entry->name.len == 0 || has_forbidden_byte(entry->name.bytes, entry->name.len))
		return FLAW_FORMAT;
	if (!geometry_ino_split(geo, entry->ino, &agno, &agino))
		return FLAW_RANGE;
	if (ftype > DIR_FTYPE_WHITEOUT)
		return FLAW_FORMAT;
	return FLAW_NONE;
}

int dir_hand_out(const struct dir_walk *walk, const struct dir_entry *entry)
{
	const struct dir_walker *walker = walk->walker;
	bool dots = entry->name.bytes[0] == '.' &&
		    (entry->name.len == 1 || (entry->name.len == 2 && entry->name.bytes[1] == '.'));

	if (dots)
		return walker->dots ? walker->dots(walker->arg, entry) : 0;
	return walker->entry ? walker->entry(walker->arg, entry) : 0;
}

static int not_a_directory(const struct inode *inode, struct error *err)
{
	return error_set(err, ERR_INVALID, "inode %llu is not a directory", (unsigned long long)inode->ino);
}

/* Walks blocks into the walker's buffer, or one of our own. */
static int with_buffer(struct dir_walk *walk, int (*walk_blocks)(struct dir_walk *walk))
{
	void *own = NULL;
	int rc;

	if (!walk->buffer) {
		walk->buffer = own = malloc(walk->fs->geo.dirblock_bytes);
		if (!own)
			return error_set(walk->err, ERR_NOMEM, "no memory for a directory block");
	}
	rc = walk_blocks(walk);
	free(own);
	return rc;
}

int dir_walk(const struct fs *fs, const struct inode *inode, const struct dir_walker *walker, struct error *err)
{
	struct dir_walk walk = {.fs = fs, .inode = inode, .walker = walker, .buffer = walker->buffer, .err = err};

	if (!inode_is(inode, INODE_MODE_DIR))
		return not_a_directory(inode, err);
	if (inode->fork[FORK_DATA].format == FORK_LOCAL)
		return dir_walk_short(&walk);
	return with_buffer(&walk, dir_walk_blocks);
}

int dir_verify_index(const struct fs *fs, const struct inode *inode, const struct dir_walker *walker, struct error *err)
{
	struct dir_walk walk = {.fs = fs, .inode = inode, .walker = walker, .buffer = walker->buffer, .err = err};

	if (!inode_is(inode, INODE_MODE_DIR))
		return not_a_directory(inode, err);
	if (inode->fork[FORK_DATA].format == FORK_LOCAL)
		return 0;
	return with_buffer(&walk, dir_verify_blocks);
}

int dir_entry_at(const struct fs *fs, const struct inode *inode, uint32_t cookie, void *buffer, struct dir_entry *out,
		 struct error *err)
{
	struct dir_walk walk = {.fs = fs, .inode = inode, .buffer = buffer, .err = err};

	if (!inode_is(inode, INODE_MODE_DIR))
		return not_a_directory(inode, err);
	if (inode->fork[FORK_DATA].format == FORK_LOCAL)
		return dir_short_entry_at(fs, inode, cookie, out, err);
	return dir_block_entry_at(&walk, cookie, out);
}

/* A search through the names, by name or by number. */
struct search {
	struct span name; /* or, if it is empty: */
	uint64_t ino;
	uint8_t *found_name;
	size_t found_len;
	struct error *err;
	bool damaged;
};

static int compare(void *arg, const struct dir_entry *entry)
{
	struct search *search = arg;

	if (search->name.len == 0) {
		if (entry->ino != search->ino)
			return 0;
		memcpy(search->found_name, entry->name.bytes, entry->name.len);
		search->found_len = entry->name.len;
		return 1;
	}
	if (entry->name.len != search->name.len || memcmp(entry->name.bytes, search->name.bytes, entry->name.len) != 0)
		return 0;
	search->ino = entry->ino;
	return 1;
}

static int pass_over(void *arg, const struct error *why)
{
	struct search *search = arg;

	if (!search->damaged && search->err)
		*search->err = *why;
	search->damaged = true;
	return 0;
}

int dir_lookup(const struct fs *fs, const struct inode *inode, struct span name, uint64_t *ino, struct error *err)
{
	struct search search = {.name = name, .err = err};
	struct dir_walker walker = {.entry = compare, .dots = compare, .bad = pass_over, .arg = &search};
	int rc;

	if (name.len == 0)
		return 0;
	rc = dir_walk(fs, inode, &walker, err);
	if (rc == 1)
		*ino = search.ino;
	return rc;
}

int dir_lookup_ino(const struct fs *fs, const struct inode *inode, uint64_t ino, uint8_t *name, size_t *len,
		   struct error *err)
{
	struct search search = {.ino = ino, .found_name = name, .err = err};
	struct dir_walker walker = {.entry = compare, .bad = pass_over, .arg = &search};
	int rc = dir_walk(fs, inode, &walker, err);

	if (rc == 1)
		*len = search.found_len;
	return rc;
}
