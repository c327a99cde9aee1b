/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* addr: follows a field to what it points to. */
#include <inttypes.h>

#include "command.h"
#include "place.h"

/* Where the item leads: a kind of address and a number. */
struct lead {
	enum layout_address address;
	const struct type *type;
	const char *null_name; /* what is null if it is */
	uint64_t value;
};

static int go_packed(struct session *session, const struct lead *lead)
{
	struct agaddr at;

	if (!geometry_unpack(&session->fs->geo, (struct fsblock){lead->value}, &at)) {
		session_say(session, "bad fsblock %" PRIu64 "\n", lead->value);
		return ERR_INVALID;
	}
	return place_go_block(session, lead->type, at);
}

static int go_agblock(struct session *session, const struct lead *lead)
{
	/* Of the group that the structure lies in. */
	struct agaddr at = {place_agno(session, &session->now.place), (uint32_t)lead->value};

	if (!geometry_holds(&session->fs->geo, at, 1)) {
		session_say(session, "bad block %" PRIu32 " of group %" PRIu32 "\n", at.agbno, at.agno);
		return ERR_INVALID;
	}
	return place_go_block(session, lead->type, at);
}

/*
 * A block of the data fork of which the type is that of the file; a directory block is more than this block, and where
 * its other blocks lie only the fork knows.
 */
static int go_file_data(struct session *session, const struct lead *lead, uint64_t fileoff)
{
	(void)lead;
	return place_go_fork(session, FORK_DATA, fileoff);
}

/* The file offset of the extent record whose start block the path names. */
static bool record_offset(const struct layout_path *path, const struct layout_source *source, uint64_t *fileoff)
{
	struct layout_path sibling = *path;
	const struct layout_item *item;
	const struct layout *row;

	if (path->count < 2)
		return false;
	row = path->steps[path->count - 2].item->part;
	sibling.steps[path->count - 1] = (struct layout_step){.item = &row->items[0]};
	return layout_path_value(&sibling, source, &item, fileoff);
}

static int follow(struct session *session, const struct lead *lead, const struct layout_path *path,
		  const struct layout_source *source)
{
	uint64_t fileoff;

	switch (lead->address) {
	case ADDRESS_AGBLOCK:
		return go_agblock(session, lead);
	case ADDRESS_FSBLOCK:
		return go_packed(session, lead);
	case ADDRESS_INO:
		return place_go_inode(session, lead->value);
	case ADDRESS_AGINO:
		return place_go_inode(session,
				      geometry_ino_join(&session->fs->geo, place_agno(session, &session->now.place),
							(uint32_t)lead->value));
	case ADDRESS_FILE_DATA:
		if (record_offset(path, source, &fileoff))
			return go_file_data(session, lead, fileoff);
		break;
	case ADDRESS_DIR_BLOCK:
	case ADDRESS_FILE_BLOCK:
		return place_go_fork(session, FORK_DATA, lead->value);
	case ADDRESS_ATTR_BLOCK:
		return place_go_fork(session, FORK_ATTR, lead->value);
	case ADDRESS_NONE:
		break;
	}
	return ERR_INVALID;
}

/* What a number that points nowhere is called. */
static const char *null_name(const struct layout_item *item, uint64_t value)
{
	enum layout_address address = item->address;
	bool is_null = layout_is_null(item, value);

	if (is_null || (value == 0 && item->style == STYLE_NOT_ZERO))
		return address == ADDRESS_INO || address == ADDRESS_AGINO ? "inode" : "block";
	if (value == 0 && address == ADDRESS_DIR_BLOCK)
		return "directory block";
	return NULL;
}

static int go_along(struct session *session, const char *text)
{
	const struct type *type = session->now.place.type;
	struct layout_source source = place_source(session);
	const struct layout_item *item = NULL;
	struct layout_path path;
	struct lead lead = {0};
	struct error err;
	int rc = layout_path_parse(type->layout, &source, text, &path, &err);

	if (rc != 0) {
		session_say(session, "%s\n", err.text);
		return rc;
	}
	if (!layout_path_value(&path, &source, &item, &lead.value) || item->address == ADDRESS_NONE) {
		session_say(session, "no next type for field %s\n",
			    item ? layout_name(item) : layout_name(path.steps[0].item));
		return ERR_INVALID;
	}
	lead.address = item->address;
	lead.type = item->address_type ? type_find(item->address_type) : NULL;
	lead.null_name = null_name(item, lead.value);
	if (lead.null_name) {
		session_say(session, "null %s number, cannot set new addr\n", lead.null_name);
		return ERR_INVALID;
	}
	return follow(session, &lead, &path, &source);
}

static int addr_run(struct session *session, int argc, char **argv)
{
	const struct type *type = session->now.place.type;

	if (argc == 1) {
		session_say(session, "current\n");
		place_print(session->out, session, &session->now.place);
		return COMMAND_DONE;
	}
	if (!type || !type->layout) {
		if (type)
			session_say(session, "no fields for type %s\n", type->name);
		else
			session_say(session, "no current type\n");
		return ERR_INVALID;
	}
	return go_along(session, argv[1]);
}

const struct command addr_command = {
	.name = "addr",
	.alias = "a",
	.args_max = 1,
	.args = "[field-expression]",
	.summary = "set current address",
	.help = " Goes to what a field of the current structure points to, or says where the current structure lies.\n"
		"\n"
		" agf 0\n"
		" a bnoroot - to the root of the tree of free space\n"
		" a ptrs[1] - to the first block below it\n",
	.words = WORDS_FIELDS,
	.run = addr_run,
};
