/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The words for what a scrub knows as codes. */
#include "report/words.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "format/inode.h"
#include "report/escape.h"

const char *hurt_name(enum damage_hurt hurt)
{
	switch (hurt) {
	case HURT_NOBODY:
		return "nobody";
	case HURT_FILE:
		return "file";
	case HURT_METADATA:
		return "metadata";
	}
	return "unknown";
}

const char *fork_name(enum fork_kind fork)
{
	switch (fork) {
	case FORK_DATA:
		return "data";
	case FORK_ATTR:
		return "attribute";
	}
	return "unknown";
}

const char *doubt_name(enum damage_doubt doubt)
{
	switch (doubt) {
	case DOUBT_BADBLOCKS_FULL:
		return "badblocks_full";
	case DOUBT_OWNERS:
		return "owners";
	case DOUBT_FILE:
		return "file";
	case DOUBT_PATHS:
		return "paths";
	case DOUBT_NO_OWNER:
		return "no_owner";
	case DOUBT_MEDIA:
		return "media";
	}
	return "unknown";
}

const char *doubt_sentence(enum damage_doubt doubt)
{
	switch (doubt) {
	case DOUBT_BADBLOCKS_FULL:
		return "more of the device may be bad than the kernel's list can hold";
	case DOUBT_OWNERS:
		return "owners may be missing";
	case DOUBT_FILE:
		return "an inode could not be read";
	case DOUBT_PATHS:
		return "paths may be missing";
	case DOUBT_NO_OWNER:
		return "neither free nor owned by anybody";
	case DOUBT_MEDIA:
		return "not everything could be read to see whether it is bad";
	}
	return "unknown";
}

const char *journal_name(enum journal_condition condition)
{
	switch (condition) {
	case JOURNAL_CLEAN:
		return "clean";
	case JOURNAL_DIRTY:
		return "dirty";
	case JOURNAL_DAMAGED:
		return "damaged";
	}
	return "unknown";
}

const char *file_type_name(uint16_t mode)
{
	switch (mode & INODE_MODE_TYPE) {
	case INODE_MODE_FIFO:
		return "fifo";
	case INODE_MODE_CHAR:
		return "character_device";
	case INODE_MODE_DIR:
		return "directory";
	case INODE_MODE_BLOCK:
		return "block_device";
	case INODE_MODE_FILE:
		return "regular";
	case INODE_MODE_LINK:
		return "symlink";
	case INODE_MODE_SOCKET:
		return "socket";
	default:
		return "unknown";
	}
}

const char *owners_from_sentence(const char *owners_from)
{
	static const struct {
		const char *name, *sentence;
	} known[] = {
		{"rmapbt", "the reverse mappings of the file system (rmapbt)"},
		{"getfsmap", "the kernel (GETFSMAP)"},
		{"forks", "a pass over all files"},
		{"bmapx", "the kernel, file by file (BMAPX)"},
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (owners_from && strcmp(owners_from, known[i].name) == 0)
			return known[i].sentence;
	return "not known";
}

const struct bad_from_word bad_from_words[] = {
	{BAD_FROM_FILE, "badblocks_file", "the file of --badblocks"},
	{BAD_FROM_OPTIONS, "options", "--range"},
	{BAD_FROM_NDCTL, "ndctl", "libndctl"},
	{BAD_FROM_SYSFS, "sysfs", "sysfs"},
	{BAD_FROM_MEDIA, "media", "reading the medium"},
	{0, NULL, NULL},
};

const struct damaged_word damaged_words[] = {
	{DAMAGED_INODE, "inode", "the inode itself"},
	{DAMAGED_ATTRIBUTES, "attributes", "extended attributes"},
	{DAMAGED_FORK_BTREE, "fork_btree", "where its blocks lie (B+tree of a fork)"},
	{DAMAGED_DIRECTORY, "directory", "entries of the directory"},
	{DAMAGED_SYMLINK, "symlink", "the target of the link"},
	{0, NULL, NULL},
};

/* Whether the sentence says "byte N" itself. */
static bool names_place(const struct error *err)
{
	char place[32];
	int len = snprintf(place, sizeof(place), "byte %" PRIu64, err->offset_bytes);
	const char *at = strstr(err->text, place);

	return at && !(at[len] >= '0' && at[len] <= '9');
}

void error_sentence(FILE *out, const struct error *err)
{
	if (err->text[0])
		escape_text(out, err->text, strlen(err->text));
	else
		fprintf(out, "%s", err->flaw != FLAW_NONE ? flaw_text(err->flaw) : err_text(err->code));
	if (err->has_offset && !names_place(err))
		fprintf(out, ", at byte %" PRIu64 " of the device", err->offset_bytes);
}
