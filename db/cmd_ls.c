/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ls, path: directories and the way to an inode. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "fs/dir.h"
#include "place.h"
#include "report/escape.h"
#include "resolve.h"

static const char *const type_names[] = {
	[DIR_FTYPE_UNKNOWN] = "unknown", [DIR_FTYPE_FILE] = "regular", [DIR_FTYPE_DIR] = "directory",
	[DIR_FTYPE_CHAR] = "chardev",	 [DIR_FTYPE_BLOCK] = "blkdev", [DIR_FTYPE_FIFO] = "fifo",
	[DIR_FTYPE_SOCKET] = "socket",	 [DIR_FTYPE_LINK] = "symlink", [DIR_FTYPE_WHITEOUT] = "whiteout",
};

struct listing {
	struct session *session;
	const struct inode *inode;
};

/*
 * The place of the entry among the names, in 8 bytes, as xfs_db has it: of directories of more than one block the place
 * behind the entry. Entries of the short form carry the place that they would have in a block; "." and ".." have the
 * first two places there.
 */
static uint32_t shown_cookie(const struct listing *listing, const struct dir_entry *entry)
{
	const struct geometry *geo = &listing->session->fs->geo;
	const struct inode *inode = listing->inode;
	const struct disk_dir_short_entry *raw;
	uint32_t first = sizeof(struct disk_dir_data);

	if (inode->fork[FORK_DATA].format != FORK_LOCAL) {
		bool is_block = inode->size_bytes == geo->dirblock_bytes;
		uint32_t bytes = dir_entry_bytes((uint32_t)entry->name.len, geo->has_ftype);

		return entry->cookie + (is_block ? 0 : bytes / DIR_ENTRY_ALIGN);
	}
	if (entry->name.len == 1 && entry->name.bytes[0] == '.')
		return first / DIR_ENTRY_ALIGN;
	if (entry->name.len == 2 && memcmp(entry->name.bytes, "..", 2) == 0)
		return (first + dir_entry_bytes(1, true)) / DIR_ENTRY_ALIGN;
	raw = span_at(inode_fork_span(inode, FORK_DATA), entry->cookie, sizeof(*raw));
	return raw ? be16_get(raw->offset) / DIR_ENTRY_ALIGN : 0;
}

static int print_entry(void *arg, const struct dir_entry *entry)
{
	struct listing *listing = arg;
	FILE *out = listing->session->out;

	if (session_interrupted(listing->session))
		return COMMAND_QUIT;
	fprintf(out, "%-10" PRIu32 " %-18" PRIu64 " %-14s 0x%08" PRIx32 " %3zu ", shown_cookie(listing, entry),
		entry->ino, type_names[entry->ftype], da_hash(entry->name.bytes, entry->name.len), entry->name.len);
	/* A terminal must not obey what a name says; scripts get the bytes. */
	if (listing->session->terminal)
		escape_text(out, (const char *)entry->name.bytes, entry->name.len);
	else
		fwrite(entry->name.bytes, 1, entry->name.len, out);
	fputs(" (good)\n", out);
	return 0;
}

/* The short form does not store ".", but it has one. */
static int print_self(struct listing *listing)
{
	const struct dir_entry self = {
		.name = {(const uint8_t *)".", 1}, .ino = listing->inode->ino, .ftype = DIR_FTYPE_DIR};

	return listing->inode->fork[FORK_DATA].format == FORK_LOCAL ? print_entry(listing, &self) : 0;
}

static int report_bad(void *arg, const struct error *why)
{
	struct listing *listing = arg;

	session_complain(listing->session, why);
	return 0;
}

/* @path: as it was typed, for the heading; NULL: the current inode, without one. */
static int list_directory(struct session *session, uint64_t ino, const char *path)
{
	struct inode *inode = malloc(sizeof(*inode));
	struct listing listing = {session, inode};
	const struct dir_walker walker = {
		.entry = print_entry, .dots = print_entry, .bad = report_bad, .arg = &listing};
	struct error err;
	int rc;

	if (!inode) {
		error_set(&err, ERR_NOMEM, "no memory for an inode");
		return session_complain(session, &err);
	}
	rc = inode_read(session->fs, ino, inode, &err);
	if (rc != 0) {
		session_complain(session, &err);
	} else if (!inode_is(inode, INODE_MODE_DIR)) {
		session_say(session, "%s%sNot a directory\n", path ? path : "", path ? ": " : "");
		rc = ERR_INVALID;
	} else {
		if (path)
			session_say(session, "%s:\n", path);
		rc = print_self(&listing);
		if (rc == 0)
			rc = dir_walk(session->fs, inode, &walker, &err);
		rc = rc < 0 ? session_complain(session, &err) : rc > 0 ? ERR_CANCELLED : 0;
	}
	free(inode);
	return rc;
}

static int list_current(struct session *session, bool numbers)
{
	uint64_t ino = session->now.place.ino;

	if (ino == INO_NONE) {
		session_say(session, "%s\n", numbers ? "no current inode" : "Not a directory");
		return ERR_INVALID;
	}
	if (!numbers)
		return list_directory(session, ino, NULL);
	session_say(session, "%" PRIu64 "\n", ino);
	return COMMAND_DONE;
}

static int ls_run(struct session *session, int argc, char **argv)
{
	bool numbers = argc > 1 && strcmp(argv[1], "-i") == 0;
	int rc = 0;

	if (argc > 1 && argv[1][0] == '-' && !numbers) {
		session_say(session, "bad option for ls command\n");
		return ERR_INVALID;
	}
	if (argc == 1 + numbers)
		return list_current(session, numbers);
	for (int i = 1 + numbers; i < argc && rc != ERR_CANCELLED; i++) {
		uint64_t ino;

		rc = resolve_path(session, argv[i], &ino);
		if (rc != 0)
			continue;
		if (numbers)
			session_say(session, "%" PRIu64 "\n", ino);
		else
			rc = list_directory(session, ino, argv[i]);
	}
	return rc;
}

static int path_run(struct session *session, int argc, char **argv)
{
	uint64_t ino;
	int rc = resolve_path(session, argv[1], &ino);

	(void)argc;
	return rc == 0 ? place_go_inode(session, ino) : rc;
}

const struct command ls_command = {
	.name = "ls",
	.args_max = ARGS_ANY,
	.args = "[-i] [paths...]",
	.summary = "list directory contents",
	.help = " Lists the directories that are named, or the current one: cookie, inode, type, hash, length and "
		"bytes of\n"
		" each name. A path begins at the root directory, or at the current one.\n"
		"\n"
		" -i  only the inode numbers of what is named\n",
	.run = ls_run,
};

const struct command path_command = {
	.name = "path",
	.args_min = 1,
	.args_max = 1,
	.args = "path",
	.summary = "navigate to an inode by path",
	.help = " Goes to the inode of that path, which begins at the root directory, or at the current one.\n"
		" Symbolic links are not followed.\n",
	.run = path_run,
};
