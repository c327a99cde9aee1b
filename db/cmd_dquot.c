/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* dquot: goes to a quota record. */
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>

#include "command.h"
#include "format/dquot.h"
#include "fs/fork.h"
#include "place.h"

/* In the order of geometry.quota_ino. */
static const char *const kinds[] = {"user", "group", "project"};

/* Where the quota file maps the block that holds record @id: 1, 0 for a hole, ERR_*. */
static int find_block(const struct fs *fs, uint64_t ino, uint64_t block, struct extent *extent, struct error *err)
{
	struct inode *inode = malloc(sizeof(*inode));
	int rc = inode ? inode_read(fs, ino, inode, err) : error_set(err, ERR_NOMEM, "no memory for an inode");

	if (rc == 0)
		rc = fork_map(fs, inode, FORK_DATA, block, extent, err);
	free(inode);
	return rc;
}

static int go(struct session *session, int kind, uint32_t id)
{
	const struct geometry *geo = &session->fs->geo;
	uint32_t per_block = geo->block_bytes / (uint32_t)sizeof(struct disk_dqblk);
	uint64_t ino = geo->quota_ino[kind], block = id / per_block;
	struct extent extent;
	struct place place;
	struct error err;
	int rc;

	if (ino == 0 || ino == INO_NONE) {
		session_say(session, "no %s quota inode present\n", kinds[kind]);
		return ERR_NOT_FOUND;
	}
	rc = find_block(session->fs, ino, block, &extent, &err);
	if (rc < 0)
		return session_complain(session, &err);
	if (rc == 0) {
		session_say(session, "no %s quota data for id %" PRIu32 "\n", kinds[kind], id);
		return ERR_NOT_FOUND;
	}
	extent.start.agbno += (uint32_t)(block - extent.fileoff);
	place = place_at(session, type_find("dqblk"), geometry_block_offset(geo, extent.start), geo->block_bytes);
	place.start = id % per_block * (uint32_t)sizeof(struct disk_dqblk);
	place.len = sizeof(struct disk_dqblk);
	return place_go(session, &place, true);
}

static int dquot_run(struct session *session, int argc, char **argv)
{
	int option, kind = 0;
	uint64_t id;

	optind = 0;
	opterr = 0;
	while ((option = getopt(argc, argv, "gpu")) != -1) {
		if (option == '?') {
			session_say(session, "bad option for dquot command\n");
			return ERR_INVALID;
		}
		kind = option == 'g' ? 1 : option == 'p' ? 2 : 0;
	}
	if (argc - optind != 1) {
		session_say(session, "dquot command requires one %s id argument\n", kinds[kind]);
		return ERR_INVALID;
	}
	if (!session_number(argv[optind], &id) || id > UINT32_MAX) {
		session_say(session, "bad %s id for dquot %s\n", kinds[kind], argv[optind]);
		return ERR_INVALID;
	}
	return go(session, kind, (uint32_t)id);
}

const struct command dquot_command = {
	.name = "dquot",
	.args_min = 1,
	.args_max = 2,
	.args = "[-g|-p|-u] id",
	.summary = "set current address to a group, project or user quota block for given ID",
	.help = " Goes to the record of a user, or of a group (-g) or project (-p), in the quota file.\n",
	.run = dquot_run,
};
