/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Directories inside their inode. A cookie is the byte in the fork at which the entry begins; ".." is the parent's
 * number in the header, with the cookie 0. "." is not stored.
 *
 * Format: design document, "Shortform Directories".
 */
#include "fs/dir_form.h"

static const uint8_t dot_dot[2] = "..";

/* The content of the fork: as long as the file says it is, and no longer than the fork. */
static struct span content(const struct inode *inode)
{
	struct span fork = inode_fork_span(inode, FORK_DATA);

	if (inode->size_bytes < fork.len)
		fork.len = (size_t)inode->size_bytes;
	return fork;
}

/* The header: what is needed of it, whichever of its two lengths it has. */
struct header {
	uint8_t count;
	bool long_ino;
	uint64_t parent;
	uint32_t bytes;
};

static bool read_header(struct span fork, struct header *out)
{
	const struct disk_dir_short4 *short4 = span_at(fork, 0, sizeof(*short4));
	const struct disk_dir_short8 *short8;

	if (!short4)
		return false;
	*out = (struct header){short4->count, false, be32_get(short4->parent), sizeof(*short4)};
	if (short4->i8count == 0)
		return true;
	short8 = span_at(fork, 0, sizeof(*short8));
	if (!short8)
		return false;
	*out = (struct header){short8->count, true, be64_get(short8->parent), sizeof(*short8)};
	return true;
}

enum flaw dir_short_entry(const struct geometry *geo, struct span fork, uint32_t at, bool long_ino,
			  struct dir_entry *entry, uint32_t *bytes)
{
	const struct disk_dir_short_entry *disk = span_at(fork, at, sizeof(*disk));
	const uint8_t *name, *ino;
	uint8_t ftype = DIR_FTYPE_UNKNOWN;

	*bytes = 0;
	if (!disk || !span_at(fork, at, dir_short_entry_bytes(disk->namelen, geo->has_ftype, long_ino)))
		return FLAW_RANGE;
	*bytes = dir_short_entry_bytes(disk->namelen, geo->has_ftype, long_ino);
	name = (const uint8_t *)(disk + 1);
	ino = name + disk->namelen;
	if (geo->has_ftype)
		ftype = *ino++;
	*entry = (struct dir_entry){
		.name = {name, disk->namelen},
		.ino = long_ino ? be64_get(*(const be64 *)ino) : be32_get(*(const be32 *)ino),
		.ftype = (enum dir_ftype)ftype,
		.cookie = at,
	};
	return dir_entry_flaw(geo, entry, ftype);
}

static int bad(const struct dir_walk *walk, enum flaw flaw, const char *what)
{
	struct error why;

	(void)error_set(&why, ERR_CORRUPT, "directory %llu: %s: %s", (unsigned long long)walk->inode->ino, what,
			flaw_text(flaw));
	why.flaw = flaw;
	return dir_report(walk, &why);
}

static int hand_out_parent(const struct dir_walk *walk, const struct header *header)
{
	struct dir_entry entry = {.name = {dot_dot, 2}, .ino = header->parent, .ftype = DIR_FTYPE_DIR};
	enum flaw flaw = dir_entry_flaw(&walk->fs->geo, &entry, DIR_FTYPE_DIR);

	return flaw == FLAW_NONE ? dir_hand_out(walk, &entry) : bad(walk, flaw, "number of its parent");
}

int dir_walk_short(const struct dir_walk *walk)
{
	struct span fork = content(walk->inode);
	struct header header;
	uint32_t at, bytes;
	int rc;

	if (!read_header(fork, &header))
		return bad(walk, FLAW_RANGE, "header");
	rc = hand_out_parent(walk, &header);
	at = header.bytes;
	for (unsigned i = 0; i < header.count && rc == 0; i++) {
		struct dir_entry entry;
		enum flaw flaw = dir_short_entry(&walk->fs->geo, fork, at, header.long_ino, &entry, &bytes);

		if (flaw == FLAW_NONE)
			rc = dir_hand_out(walk, &entry);
		else
			rc = bad(walk, flaw, "entry");
		if (bytes == 0)
			return rc; /* where the next one begins is not known */
		at += bytes;
	}
	if (rc == 0 && at != fork.len)
		rc = bad(walk, FLAW_COUNT, "entries do not fill it");
	return rc;
}

int dir_short_entry_at(const struct fs *fs, const struct inode *inode, uint32_t cookie, struct dir_entry *out,
		       struct error *err)
{
	struct span fork = content(inode);
	struct header header;
	uint32_t bytes;

	if (read_header(fork, &header)) {
		*out = (struct dir_entry){.name = {dot_dot, 2}, .ino = header.parent, .ftype = DIR_FTYPE_DIR};
		if (cookie == 0 && dir_entry_flaw(&fs->geo, out, DIR_FTYPE_DIR) == FLAW_NONE)
			return 0;
		if (cookie >= header.bytes &&
		    dir_short_entry(&fs->geo, fork, cookie, header.long_ino, out, &bytes) == FLAW_NONE)
			return 0;
	}
	return error_set(err, ERR_NOT_FOUND, "directory %llu has no entry at %u", (unsigned long long)inode->ino,
			 cookie);
}
