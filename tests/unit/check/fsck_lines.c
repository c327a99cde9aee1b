/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings of one subject out of a whole check. */
#include "unit/check/fsck_lines.h"

#include <check.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/crc32c.h"
#include "fs/fork.h"

const char *const fsck_inode_codes[] = {"INODE_", "FORK_", "ATTR_", "SYMLINK_", "PARENT_UNUSABLE", "LSN_AHEAD", NULL};

static bool is_wanted(const char *line, const char *const *codes)
{
	size_t word = strcspn(line, " \n");

	if (!codes)
		return true;
	for (; *codes; codes++) {
		size_t len = strlen(*codes);
		bool is_prefix = (*codes)[len - 1] == '_';

		if ((is_prefix ? len <= word : len == word) && memcmp(*codes, line, len) == 0)
			return true;
	}
	return false;
}

const char *fsck_lines(struct fsck_case *c, const char *const *codes)
{
	static char lines[sizeof(c->said)];
	const char *line = fsck_case_run(c);
	size_t len = 0;

	ck_assert(c->whole);
	while (*line) {
		size_t bytes = strcspn(line, "\n") + 1;

		if (is_wanted(line, codes)) {
			memcpy(lines + len, line, bytes);
			len += bytes;
		}
		line += bytes;
	}
	lines[len] = '\0';
	return lines;
}

void fsck_expect(struct fsck_case *c, const char *const *codes, const char *format, ...)
{
	char wanted[sizeof(c->said)];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(wanted, sizeof(wanted), format, args);
	va_end(args);
	ck_assert_str_eq(fsck_lines(c, codes), wanted);
}

static void read_inode(const struct fsck_case *c, uint64_t ino, struct inode *out)
{
	struct error err = {0};

	ck_assert_msg(inode_read(c->fs, ino, out, &err) == 0, "%s", err.text);
}

uint8_t *fsck_fork_block(const struct fsck_case *c, uint64_t ino, enum fork_kind kind, uint64_t fileoff,
			 struct agaddr *at)
{
	struct extent extent;
	struct inode inode;

	read_inode(c, ino, &inode);
	ck_assert_int_eq(fork_map(c->fs, &inode, kind, fileoff, &extent, NULL), 1);
	*at = extent.start;
	at->agbno += (uint32_t)(fileoff - extent.fileoff);
	return c->image.bytes + geometry_block_offset(&c->fs->geo, *at);
}

void fsck_seal_block(const struct fsck_case *c, uint8_t *block, size_t crc_at)
{
	crc32c_block_seal(block, c->fs->geo.block_bytes, (uint32_t)crc_at);
}

uint8_t *fsck_fork(const struct fsck_case *c, uint64_t ino, enum fork_kind kind)
{
	struct inode inode;

	read_inode(c, ino, &inode);
	return c->image.bytes + inode.offset_bytes + inode.fork[kind].start;
}
