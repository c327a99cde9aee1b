/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The lists of unlinked inodes.
 *
 * Format: design document, "AG Inode Management" (agi_unlinked) and "On-disk Inode" (di_next_unlinked).
 */
#include "fs/unlinked.h"

#include "base/idmap.h"

/* An inode is in one list at most: so no list is longer than the inodes of the group, and loops end. */
struct walk {
	const struct fs *fs;
	uint32_t agno, bucket;
	const struct unlinked_walker *walker;
	struct idmap seen; /* agino: nothing */
	struct error *err;
};

static int report(const struct walk *walk, uint32_t agino, const struct error *why)
{
	if (walk->walker->bad)
		return walk->walker->bad(walk->walker->arg, walk->bucket, agino, why);
	if (walk->err)
		*walk->err = *why;
	return why->code;
}

static int bad(const struct walk *walk, enum flaw flaw, uint32_t agino)
{
	struct error why;

	(void)error_set(&why, ERR_CORRUPT, "unlinked list %u of group %u, at inode %u of the group: %s", walk->bucket,
			walk->agno, agino, flaw_text(flaw));
	why.flaw = flaw;
	return report(walk, agino, &why);
}

static int walk_list(struct walk *walk, uint32_t agino)
{
	int rc = 0;

	while (agino != AGINO_NULL && rc == 0) {
		struct inode inode;
		struct error why;

		if (agino % AGI_UNLINKED_BUCKETS != walk->bucket)
			return bad(walk, FLAW_RANGE, agino);
		rc = idmap_put(&walk->seen, agino, 0);
		if (rc == 0)
			return bad(walk, FLAW_LOOP, agino);
		if (rc < 0)
			return error_set(walk->err, rc, "no memory for a list of unlinked inodes");
		rc = inode_read(walk->fs, geometry_ino_join(&walk->fs->geo, walk->agno, agino), &inode, &why);
		if (rc == ERR_CORRUPT || rc == ERR_MEDIA)
			return report(walk, agino, &why);
		if (rc != 0) {
			if (walk->err)
				*walk->err = why;
			return rc;
		}
		if (inode.mode == 0)
			rc = bad(walk, FLAW_FORMAT, agino);
		else if (inode.nlink != 0)
			rc = bad(walk, FLAW_COUNT, agino);
		else if (walk->walker->inode)
			rc = walk->walker->inode(walk->walker->arg, walk->bucket, &inode);
		agino = inode.next_unlinked;
	}
	return rc;
}

int unlinked_walk(const struct fs *fs, uint32_t agno, const struct disk_agi *agi, const struct unlinked_walker *walker,
		  struct error *err)
{
	struct walk walk = {.fs = fs, .agno = agno, .walker = walker, .err = err};
	int rc = 0;

	for (walk.bucket = 0; walk.bucket < AGI_UNLINKED_BUCKETS && rc == 0; walk.bucket++)
		rc = walk_list(&walk, be32_get(agi->unlinked[walk.bucket]));
	idmap_fini(&walk.seen);
	return rc;
}
