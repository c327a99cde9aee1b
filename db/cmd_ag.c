/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* sb, agf, agi, agfl: to the headers of an allocation group. */
#include "command.h"
#include "place.h"

/* The group that is named, or the current one. */
static int group_of(struct session *session, int argc, char **argv, uint32_t *agno)
{
	uint64_t number = session->agno;

	if (argc > 1 && (!session_number(argv[1], &number) || number >= session->fs->geo.ag_count)) {
		session_say(session, "bad allocation group number %s\n", argv[1]);
		return ERR_INVALID;
	}
	*agno = (uint32_t)number;
	return 0;
}

static int go_header(struct session *session, int argc, char **argv, const char *type, uint32_t sector)
{
	const struct geometry *geo = &session->fs->geo;
	struct place place;
	uint32_t agno;
	int rc = group_of(session, argc, argv, &agno);

	if (rc != 0)
		return rc;
	place = place_at(session, type_find(type), geometry_sector_offset(geo, agno, sector), geo->sector_bytes);
	return place_go(session, &place, true);
}

static int sb_run(struct session *session, int argc, char **argv)
{
	return go_header(session, argc, argv, "sb", 0);
}

static int agf_run(struct session *session, int argc, char **argv)
{
	return go_header(session, argc, argv, "agf", AGF_SECTOR);
}

static int agi_run(struct session *session, int argc, char **argv)
{
	return go_header(session, argc, argv, "agi", AGI_SECTOR);
}

static int agfl_run(struct session *session, int argc, char **argv)
{
	return go_header(session, argc, argv, "agfl", AGFL_SECTOR);
}

const struct command sb_command = {
	.name = "sb",
	.args_max = 1,
	.args = "[agno]",
	.summary = "set current address to sb header",
	.help = " Goes to the superblock of a group: the first sector. That of group 0 is in use, the others are "
		"copies.\n",
	.run = sb_run,
};

const struct command agf_command = {
	.name = "agf",
	.args_max = 1,
	.args = "[agno]",
	.summary = "set address to agf header",
	.help = " Goes to the header of a group's free space: the second sector. It has the roots of the trees of free "
		"space\n"
		" (bnoroot by block, cntroot by size), of reverse mappings (rmaproot) and of shared blocks "
		"(refcntroot).\n",
	.run = agf_run,
};

const struct command agi_command = {
	.name = "agi",
	.args_max = 1,
	.args = "[agno]",
	.summary = "set address to agi header",
	.help = " Goes to the header of a group's inodes: the third sector. It has the roots of the trees of inode "
		"chunks\n"
		" (root) and of chunks with free inodes (free_root), and the lists of unlinked inodes.\n",
	.run = agi_run,
};

const struct command agfl_command = {
	.name = "agfl",
	.args_max = 1,
	.args = "[agno]",
	.summary = "set address to agfl block",
	.help = " Goes to a group's list of blocks that are kept back for its trees: the fourth sector. flfirst, "
		"fllast and\n"
		" flcount of the AGF say which slots are used.\n",
	.run = agfl_run,
};
