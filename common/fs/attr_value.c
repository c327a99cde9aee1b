/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Values of attributes in blocks of their own. Each block has a header, so a value takes more blocks than its
 * length alone would.
 *
 * Format: design document, "Remote Attribute Values"; one header for each block: xfs_da_format.h.
 */
#include <stdlib.h>
#include <string.h>

#include "fs/attr_form.h"
#include "fs/fork.h"

static int bad(const struct inode *inode, enum flaw flaw, uint64_t offset, struct error *err)
{
	return error_corrupt(err, flaw, offset, "value of an attribute of inode %llu: %s",
			     (unsigned long long)inode->ino, flaw_text(flaw));
}

/* Checks a block that shall hold @len bytes of the value from @at on. */
static int check_block(const struct fs *fs, const struct inode *inode, struct span block, uint64_t offset, uint32_t at,
		       uint32_t len, struct error *err)
{
	const struct disk_attr_value *head = (const struct disk_attr_value *)block.bytes;
	struct verify expect = {.what = "attribute value block",
				.offset_bytes = offset,
				.crc_at = offsetof(struct disk_attr_value, crc),
				.uuid_at = offsetof(struct disk_attr_value, uuid),
				.daddr_at = offsetof(struct disk_attr_value, blkno),
				.owner_at = offsetof(struct disk_attr_value, owner),
				.owner = inode->ino};
	int rc;

	if (be32_get(head->magic) != ATTR_REMOTE_MAGIC)
		return bad(inode, FLAW_MAGIC, offset, err);
	rc = fs_verify(fs, block, &expect, err);
	if (rc != 0)
		return rc;
	if (be32_get(head->offset) != at || be32_get(head->bytes) != len)
		return bad(inode, FLAW_RANGE, offset, err);
	return 0;
}

static int tell(const struct attr_walker *walker, uint64_t fileoff, struct agaddr at, const uint8_t *block)
{
	const struct disk_attr_value *head = (const struct disk_attr_value *)block;
	/* A block further on could not have been found. */
	struct attr_value_block value = {.fileoff = (uint32_t)fileoff, .at = at, .lsn = be64_get(head->lsn)};

	return walker && walker->value_block ? walker->value_block(walker->arg, &value) : 0;
}

int attr_walk_value(const struct fs *fs, const struct inode *inode, const struct attr *attr,
		    const struct attr_walker *walker, uint8_t *to, struct error *err)
{
	uint32_t room = fs->geo.block_bytes - (uint32_t)sizeof(struct disk_attr_value), at = 0;
	uint8_t *block;
	int rc = 0;

	if (attr->value_bytes > ATTR_VALUE_MAX)
		return error_set(err, ERR_CORRUPT, "value of an attribute of inode %llu has %u bytes",
				 (unsigned long long)inode->ino, attr->value_bytes);
	block = malloc(fs->geo.block_bytes);
	if (!block)
		return error_set(err, ERR_NOMEM, "no memory for an attribute block");
	for (uint64_t fileoff = attr->value_block; at < attr->value_bytes; fileoff++) {
		uint32_t len = attr->value_bytes - at < room ? attr->value_bytes - at : room;
		struct agaddr place;

		rc = fork_read(fs, inode, FORK_ATTR, fileoff, 1, block, &place, err);
		if (rc == 0)
			rc = check_block(fs, inode, (struct span){block, fs->geo.block_bytes},
					 geometry_block_offset(&fs->geo, place), at, len, err);
		if (rc == 0)
			rc = tell(walker, fileoff, place, block);
		if (rc != 0)
			break;
		memcpy(to + at, block + sizeof(struct disk_attr_value), len);
		at += len;
	}
	free(block);
	return rc;
}

int attr_read_value(const struct fs *fs, const struct inode *inode, const struct attr *attr, uint8_t *to,
		    struct error *err)
{
	return attr_walk_value(fs, inode, attr, NULL, to, err);
}
