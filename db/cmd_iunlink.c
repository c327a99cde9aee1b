/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* iunlink: the inodes that are to be freed when the file system is mounted next. */
#include <inttypes.h>

#include "command.h"
#include "fs/unlinked.h"
#include "session.h"

struct listing {
	struct session *session;
	uint32_t agno;
	uint64_t count;
	int rc; /* the first thing that went wrong */
};

static int print_inode(void *arg, uint32_t bucket, const struct inode *inode)
{
	struct listing *listing = arg;

	if (session_interrupted(listing->session))
		return COMMAND_QUIT;
	listing->count++;
	session_say(listing->session,
		    "AG %" PRIu32 " bucket %" PRIu32 ": inode %" PRIu64 ", %" PRIu64 " bytes, %" PRIu64 " blocks\n",
		    listing->agno, bucket, inode->ino, inode->size_bytes, inode->blocks);
	return 0;
}

static int report_bad(void *arg, uint32_t bucket, uint32_t agino, const struct error *why)
{
	struct listing *listing = arg;

	(void)bucket;
	(void)agino;
	listing->rc = session_complain(listing->session, why);
	return 0;
}

static int list_group(struct listing *listing, uint32_t agno, struct error *err)
{
	const struct unlinked_walker walker = {.inode = print_inode, .bad = report_bad, .arg = listing};
	const struct fs *fs = listing->session->fs;
	struct disk_agi agi;
	int rc = fs_read_agi(fs, agno, &agi, err);

	listing->agno = agno;
	return rc == 0 ? unlinked_walk(fs, agno, &agi, &walker, err) : rc;
}

static int iunlink_run(struct session *session, int argc, char **argv)
{
	struct listing listing = {.session = session};
	uint32_t groups = session->fs->geo.ag_count;
	uint64_t only = 0;
	struct error err;
	int rc = 0;

	if (argc > 1 && (!session_number(argv[1], &only) || only >= groups)) {
		session_say(session, "%s: Not a AG.\n", argv[1]);
		return ERR_INVALID;
	}
	for (uint32_t agno = 0; agno < groups && rc == 0; agno++) {
		if (argc > 1 && agno != only)
			continue;
		rc = list_group(&listing, agno, &err);
		if (rc < 0)
			listing.rc = session_complain(session, &err);
		if (rc == ERR_CORRUPT || rc == ERR_MEDIA)
			rc = 0;
	}
	if (rc > 0)
		return ERR_CANCELLED;
	if (listing.count == 0 && listing.rc == 0)
		session_say(session, "no unlinked inodes\n");
	return listing.rc;
}

const struct command iunlink_command = {
	.name = "iunlink",
	.args_max = 1,
	.args = "[agno]",
	.summary = "list unlinked inodes that wait to be freed",
	.help = " Files that had no name any more and were still open when the file system stopped: the lists of the\n"
		" AGI, of all groups or of one. The next mount frees them.\n",
	.run = iunlink_run,
};
