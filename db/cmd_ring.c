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

static void print_entry(struct session *session, size_t entry)
{
	const struct place *place = &session->ring[entry];
	struct fsblock block = {0};
	uint64_t sectors = 0;
	struct agaddr at;

	for (uint32_t piece = 0; piece < place->piece_count; piece++)
		sectors += place->pieces[piece].len_bytes / 512;
	if (geometry_block_of_offset(&session->fs->geo, place->pieces[0].offset_bytes, &at))
		block = geometry_pack(&session->fs->geo, at);
	session_say(session, "%s%2zu: %-7.7s %8" PRIu64 " %5" PRIu64 " %8" PRIu64 " %9" PRId64 "\n",
		    entry == session->ring_at ? "*" : " ", entry, place->type->name,
		    place->pieces[0].offset_bytes / 512, sectors, block.packed, (int64_t)place->ino);
}

static bool is_empty(const struct session *session)
{
	return !session->ring[session->ring_at].type;
}

/* The entry of the place visited before that of @entry; false: there is none. */
static bool find_older(const struct session *session, size_t entry, size_t *older)
{
	*older = (entry + RING_PLACES - 1) % RING_PLACES;
	return *older != session->ring_newest && session->ring[*older].type;
}

static int list_ring(struct session *session)
{
	size_t entry = session->ring_newest;

	if (is_empty(session)) {
		session_say(session, "no entries in location ring.\n");
		return COMMAND_DONE;
	}
	session_say(session, "      type    bblock  bblen    fsbno     inode\n");
	do
		print_entry(session, entry);
	while (find_older(session, entry, &entry));
	return COMMAND_DONE;
}

static int ring_run(struct session *session, int argc, char **argv)
{
	uint64_t entry;

	if (argc == 1)
		return list_ring(session);
	if (!session_number(argv[1], &entry) || entry >= RING_PLACES || !session->ring[entry].type) {
		session_say(session, "invalid entry: %s\n", argv[1]);
		return ERR_INVALID;
	}
	return go_entry(session, (size_t)entry);
}

static int back_run(struct session *session, int argc, char **argv)
{
	size_t older;

	(void)argc, (void)argv;
	if (is_empty(session)) {
		session_say(session, "ring is empty\n");
		return ERR_NOT_FOUND;
	}
	if (!find_older(session, session->ring_at, &older)) {
		session_say(session, "no previous entries\n");
		return ERR_NOT_FOUND;
	}
	return go_entry(session, older);
}

static int forward_run(struct session *session, int argc, char **argv)
{
	(void)argc, (void)argv;
	if (is_empty(session)) {
		session_say(session, "ring is empty\n");
		return ERR_NOT_FOUND;
	}
	if (session->ring_at == session->ring_newest) {
		session_say(session, "no further entries\n");
		return ERR_NOT_FOUND;
	}
	return go_entry(session, (session->ring_at + 1) % RING_PLACES);
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
