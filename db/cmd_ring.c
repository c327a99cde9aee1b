/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ring, back, forward: the places visited last. */
#include <inttypes.h>

#include "command.h"
#include "place.h"

static int go_entry(struct session *session, size_t entry)
{
	struct place place = session->ring[entry];

	session->ring_at = entry;
	return place_go(session, &place, false);
}

static int list_ring(struct session *session)
{
	const struct geometry *geo = &session->fs->geo;

	if (session->ring_count == 0) {
		session_say(session, "no entries in location ring.\n");
		return COMMAND_DONE;
	}
	session_say(session, "      type    bblock  bblen    fsbno     inode\n");
	for (size_t i = session->ring_count; i > 0; i--) {
		const struct place *place = &session->ring[i - 1];
		struct fsblock block = {0};
		uint64_t sectors = 0;
		struct agaddr at;

		for (uint32_t piece = 0; piece < place->piece_count; piece++)
			sectors += place->pieces[piece].len_bytes / 512;
		if (geometry_block_of_offset(geo, place->pieces[0].offset_bytes, &at))
			block = geometry_pack(geo, at);
		session_say(session, "%s%2zu: %-7.7s %8" PRIu64 " %5" PRIu64 " %8" PRIu64 " %9" PRId64 "\n",
			    i - 1 == session->ring_at ? "*" : " ", i - 1, place->type->name,
			    place->pieces[0].offset_bytes / 512, sectors, block.packed, (int64_t)place->ino);
	}
	return COMMAND_DONE;
}

static int ring_run(struct session *session, int argc, char **argv)
{
	uint64_t entry;

	if (argc == 1)
		return list_ring(session);
	if (!session_number(argv[1], &entry) || entry >= session->ring_count) {
		session_say(session, "invalid entry: %s\n", argv[1]);
		return ERR_INVALID;
	}
	return go_entry(session, (size_t)entry);
}

static int back_run(struct session *session, int argc, char **argv)
{
	(void)argc, (void)argv;
	if (session->ring_count == 0) {
		session_say(session, "ring is empty\n");
		return ERR_NOT_FOUND;
	}
	if (session->ring_at == 0) {
		session_say(session, "no previous entry\n");
		return ERR_NOT_FOUND;
	}
	return go_entry(session, session->ring_at - 1);
}

static int forward_run(struct session *session, int argc, char **argv)
{
	(void)argc, (void)argv;
	if (session->ring_count == 0) {
		session_say(session, "ring is empty\n");
		return ERR_NOT_FOUND;
	}
	if (session->ring_at + 1 >= session->ring_count) {
		session_say(session, "no further entries\n");
		return ERR_NOT_FOUND;
	}
	return go_entry(session, session->ring_at + 1);
}

const struct command ring_command = {
	.name = "ring",
	.args_max = 1,
	.args = "[index]",
	.summary = "show position ring or move to a specific entry",
	.help = " Lists the places visited last, the newest first and a star at the current one, or goes to one of "
		"them.\n",
	.run = ring_run,
};

const struct command back_command = {
	.name = "back",
	.alias = "b",
	.summary = "move to the previous location in the position ring",
	.run = back_run,
};

const struct command forward_command = {
	.name = "forward",
	.alias = "f",
	.summary = "move forward to next entry in the position ring",
	.run = forward_run,
};
