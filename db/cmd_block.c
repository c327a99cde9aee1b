/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* daddr, fsblock, ablock, dblock: to a place by its number. */
#include <inttypes.h>

#include "command.h"
#include "place.h"

/* Where the buffer of the current place begins. */
static uint64_t current_offset(const struct session *session)
{
	return session->now.place.pieces[0].offset_bytes;
}

static int daddr_run(struct session *session, int argc, char **argv)
{
	struct place place;
	uint64_t daddr;

	if (argc == 1) {
		session_say(session, "current daddr is %" PRIu64 "\n", current_offset(session) / 512);
		return COMMAND_DONE;
	}
	if (!session_number(argv[1], &daddr) || daddr >= session->fs->geo.blocks << (session->fs->geo.block_log - 9)) {
		session_say(session, "bad daddr %s\n", argv[1]);
		return ERR_INVALID;
	}
	place = place_at(session, type_find("data"), daddr * 512, 512);
	return place_go(session, &place, true);
}

static int fsblock_run(struct session *session, int argc, char **argv)
{
	const struct geometry *geo = &session->fs->geo;
	struct fsblock block = {0};
	struct agaddr at;

	if (argc == 1) {
		if (geometry_block_of_offset(geo, current_offset(session), &at))
			block = geometry_pack(geo, at);
		session_say(session, "current fsblock is %" PRIu64 "\n", block.packed);
		return COMMAND_DONE;
	}
	if (!session_number(argv[1], &block.packed) || !geometry_unpack(geo, block, &at)) {
		session_say(session, "bad fsblock %s\n", argv[1]);
		return ERR_INVALID;
	}
	return place_go_block(session, type_find("data"), at);
}

static int go_fork(struct session *session, char **argv, enum fork_kind kind)
{
	uint64_t fileoff;

	if (!session_number(argv[1], &fileoff)) {
		session_say(session, "bad block number %s\n", argv[1]);
		return ERR_INVALID;
	}
	return place_go_fork(session, kind, fileoff);
}

static int ablock_run(struct session *session, int argc, char **argv)
{
	(void)argc;
	return go_fork(session, argv, FORK_ATTR);
}

static int dblock_run(struct session *session, int argc, char **argv)
{
	(void)argc;
	return go_fork(session, argv, FORK_DATA);
}

const struct command daddr_command = {
	.name = "daddr",
	.args_max = 1,
	.args = "[d]",
	.summary = "set address to daddr value",
	.help = " Goes to sector d of 512 bytes, as data, or says which sector the current place begins in.\n",
	.run = daddr_run,
};

const struct command fsblock_command = {
	.name = "fsblock",
	.alias = "fsb",
	.args_max = 1,
	.args = "[fsb]",
	.summary = "set address to fsblock value",
	.help = " Goes to a block by its packed address, group and block in it, as data, or says the current one.\n"
		" convert agno A agbno B fsblock packs.\n",
	.run = fsblock_run,
};

const struct command ablock_command = {
	.name = "ablock",
	.args_min = 1,
	.args_max = 1,
	.args = "filoff",
	.summary = "set address to file offset (attr fork)",
	.help = " Goes to a block of the attribute fork of the current inode.\n",
	.run = ablock_run,
};

const struct command dblock_command = {
	.name = "dblock",
	.args_min = 1,
	.args_max = 1,
	.args = "filoff",
	.summary = "set address to file offset (data fork)",
	.help = " Goes to a block of the data fork of the current inode: what it is taken for depends on the inode.\n"
		" A directory block is taken whole, wherever its pieces lie; so is a symbolic link.\n",
	.run = dblock_run,
};
