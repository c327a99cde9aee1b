/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Directories inside their inode. A cookie is the byte in the fork at which the entry begins; ".." is the parent's
 * number in the header, with the cookie 0. "." is not stored.
 *
 * Format: design document, "Shortform Directories".
 */
#include "fs/dir_form.h"

static const uint8_t dot_dot[2] = "..";

bool dir_short_open(const struct inode *inode, struct dir_short *out)
{
	struct span fork = inode_fork_span(inode, FORK_DATA);
	const struct disk_dir_short4 *short4;
	const struct disk_dir_short8 *short8;

	if (inode->size_bytes < fork.len)
		fork.len = (size_t)inode->size_bytes;
	short4 = span_at(fork, 0, sizeof(*short4));
	if (!short4)
		return false;
	*out = (struct dir_short){
		.fork = fork,
		.count = short4->count,
		.i8count = short4->i8count,
		.long_ino = short4->i8count != 0,
		.parent = be32_get(short4->parent),
		.bytes = sizeof(*short4),
	};
	if (!out->long_ino)
		return true;
	short8 = span_at(fork, 0, sizeof(*short8));
	if (!short8)
		return false;
	out->parent = be64_get(short8->parent);
	out->bytes = sizeof(*short8);
	return true;
}

enum dir_piece_kind dir_short_next(const struct geometry *geo, const struct dir_short *dir, uint32_t at,
				   struct dir_piece *out, uint16_t *offset)
{
	const struct disk_dir_short_entry *disk = span_at(dir->fork, at, sizeof(*disk));
	const uint8_t *name, *ino;

	*out = (struct dir_piece){.kind = DIR_PIECE_LOST, .flaw = FLAW_RANGE, .at = at};
	if (!disk || !span_at(dir->fork, at, dir_short_entry_bytes(disk->namelen, geo->has_ftype, dir->long_ino)))
		return out->kind;
	out->bytes = dir_short_entry_bytes(disk->namelen, geo->has_ftype, dir->long_ino);
	*offset = be16_get(disk->offset);
	name = (const uint8_t *)(disk + 1);
	ino = name + disk->namelen;
	if (geo->has_ftype)
		out->ftype = *ino++;
	out->entry = (struct dir_entry){
		.name = {name, disk->namelen},
		.ino = dir->long_ino ? be64_get(*(const be64 *)ino) : be32_get(*(const be32 *)ino),
		.ftype = (enum dir_ftype)out->ftype,
		.cookie = at,
	};
	out->flaw = dir_entry_flaw(geo, &out->entry, out->ftype);
	out->kind = out->flaw == FLAW_NONE ? DIR_PIECE_ENTRY : DIR_PIECE_BAD_ENTRY;
	return out->kind;
}

static int bad(const struct dir_walk *walk, enum flaw flaw, const char *what)
{
	struct error why;

	(void)error_set(&why, ERR_CORRUPT, "directory %llu: %s: %s", (unsigned long long)walk->inode->ino, what,
			flaw_text(flaw));
	why.flaw = flaw;
	return dir_report(walk, &why);
}

static int hand_out_parent(const struct dir_walk *walk, const struct dir_short *dir)
{
	struct dir_entry entry = {.name = {dot_dot, 2}, .ino = dir->parent, .ftype = DIR_FTYPE_DIR};
	enum flaw flaw = dir_entry_flaw(&walk->fs->geo, &entry, DIR_FTYPE_DIR);

	return flaw == FLAW_NONE ? dir_hand_out(walk, &entry) : bad(walk, flaw, "number of its parent");
}

int dir_walk_short(const struct dir_walk *walk)
{
	struct dir_short dir;
	uint16_t offset;
	uint32_t at;
	int rc;

	if (!dir_short_open(walk->inode, &dir))
		return bad(walk, FLAW_RANGE, "header");
	rc = hand_out_parent(walk, &dir);
	at = dir.bytes;
	for (unsigned i = 0; i < dir.count && rc == 0; i++) {
		struct dir_piece piece;
		enum dir_piece_kind kind = dir_short_next(&walk->fs->geo, &dir, at, &piece, &offset);

		if (kind == DIR_PIECE_ENTRY)
			rc = dir_hand_out(walk, &piece.entry);
		else
			rc = bad(walk, piece.flaw, "entry");
		if (kind == DIR_PIECE_LOST)
			return rc; /* where the next one begins is not known */
		at += piece.bytes;
	}
	if (rc == 0 && at != dir.fork.len)
		rc = bad(walk, FLAW_COUNT, "entries do not fill it");
	return rc;
}

int dir_short_entry_at(const struct fs *fs, const struct inode *inode, uint32_t cookie, struct dir_entry *out,
		       struct error *err)
{
	struct dir_short dir;
	struct dir_piece piece;
	uint16_t offset;

	if (dir_short_open(inode, &dir)) {
		*out = (struct dir_entry){.name = {dot_dot, 2}, .ino = dir.parent, .ftype = DIR_FTYPE_DIR};
		if (cookie == 0 && dir_entry_flaw(&fs->geo, out, DIR_FTYPE_DIR) == FLAW_NONE)
			return 0;
		if (cookie >= dir.bytes && dir_short_next(&fs->geo, &dir, cookie, &piece, &offset) == DIR_PIECE_ENTRY) {
			*out = piece.entry;
			return 0;
		}
	}
	return error_set(err, ERR_NOT_FOUND, "directory %llu has no entry at %u", (unsigned long long)inode->ino,
			 cookie);
}
