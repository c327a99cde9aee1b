/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* type: takes the current bytes for something else. */
#include "command.h"
#include "place.h"

#define NAMES_IN_LINE 8

static int list_types(struct session *session)
{
	const struct type *type = session->now.place.type;
	int count = 0;

	if (type)
		session_say(session, "current type is \"%s\"\n", type->name);
	else
		session_say(session, "no current type\n");
	session_say(session, "\n supported types are:\n");
	for (type = types; type->name; type++) {
		const char *end = !type[1].name ? "\n" : ++count % NAMES_IN_LINE == 0 ? ", \n" : ", ";

		session_say(session, "%s%s%s", (type == types || (count - 1) % NAMES_IN_LINE == 0) ? " " : "",
			    type->name, end);
	}
	return COMMAND_DONE;
}

/* The inode that begins at the current place, whichever it is: numbers follow from places. */
static int go_inode_here(struct session *session, uint64_t offset)
{
	const struct geometry *geo = &session->fs->geo;
	struct agaddr at;
	uint32_t index;

	if (!geometry_block_of_offset(geo, offset, &at)) {
		session_say(session, "no inode can be here\n");
		return ERR_INVALID;
	}
	index = (uint32_t)(offset & (geo->block_bytes - 1)) >> geo->inode_log;
	return place_go_inode(session, geometry_ino_join(geo, at.agno, geometry_block_agino(geo, at.agbno) + index));
}

static int type_run(struct session *session, int argc, char **argv)
{
	const struct place *now = &session->now.place;
	const struct type *type;
	struct place place;

	if (argc == 1)
		return list_types(session);
	type = type_find(argv[1]);
	if (!type) {
		session_say(session, "no such type %s\n", argv[1]);
		return ERR_NOT_FOUND;
	}
	if (!now->type) {
		session_say(session, "no current object\n");
		return ERR_INVALID;
	}
	/* As in xfs_db nothing changes then, also not how many bytes there are: data can be a sector or a block. */
	if (type == now->type)
		return COMMAND_DONE;
	if (type->size == TYPE_INODE)
		return go_inode_here(session, now->pieces[0].offset_bytes + now->start);
	/* A directory block in pieces stays one; anything else is taken from where it begins on. */
	place = *now;
	if (type->size != TYPE_DIRBLOCK || now->len != session->fs->geo.dirblock_bytes)
		place = place_at(session, type, now->pieces[0].offset_bytes + now->start,
				 type_bytes(type, &session->fs->geo));
	place.type = type;
	return place_go(session, &place, false);
}

const struct command type_command = {
	.name = "type",
	.args_max = 1,
	.args = "[newtype]",
	.summary = "set/show current data type",
	.help = " Takes the current bytes for a structure of another type, or lists the types.\n",
	.words = WORDS_TYPES,
	.run = type_run,
};
