/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* verify: whether a structure is sound by itself. */
#include <inttypes.h>
#include <stdlib.h>

#include "command.h"
#include "place.h"
#include "place_json.h"
#include "range.h"

static int print(struct session *session, struct error *err)
{
	const struct position *now = &session->now;
	struct json_line line;

	if (!session->json) {
		session_say(session, "%s at byte %" PRIu64 ": ", now->place.type->name,
			    now->place.pieces[0].offset_bytes + now->place.start);
		if (now->flaw.code == 0)
			session_say(session, "sound\n");
		else if (now->flaw.code == ERR_NOT_FOUND)
			session_say(session, "nothing to check\n");
		else
			session_say(session, "%s\n", now->flaw.text[0] ? now->flaw.text : err_text(now->flaw.code));
		return 0;
	}
	json_line_begin(&line, "verify");
	place_json(&line, now);
	return json_line_end(&line, session->out, err);
}

/* Whether the block's magic number is one of the type's. */
static bool is_of_type(struct session *session, const struct type *type, struct agaddr at, uint8_t *bytes)
{
	struct position position = {.place = place_at(session, type, geometry_block_offset(&session->fs->geo, at),
						      type_bytes(type, &session->fs->geo)),
				    .bytes = bytes,
				    .bytes_len = type_bytes(type, &session->fs->geo)};
	struct error why = {0};
	int rc = device_read(session->device, position.place.pieces[0].offset_bytes, bytes, position.bytes_len, &why);

	if (rc == 0)
		rc = type->verify(session->fs, &position, &why);
	return rc == 0 || (rc == ERR_CORRUPT && why.flaw != FLAW_MAGIC);
}

/* Goes to the block as the first type whose magic number it has. */
static int guess(struct session *session, struct agaddr at)
{
	uint8_t *bytes = malloc(SB_DIRBLOCK_MAX);
	const struct type *type = types;

	if (!bytes)
		return ERR_NOMEM;
	for (; type->name; type++)
		if (type->verify && (type->size == TYPE_BLOCK || type->size == TYPE_DIRBLOCK) &&
		    is_of_type(session, type, at, bytes))
			break;
	free(bytes);
	if (type->name)
		return place_go_block(session, type, at);
	session_say(session, "block %" PRIu32 "/%" PRIu32 " is no metadata that tells what it is\n", at.agno, at.agbno);
	return ERR_NOT_FOUND;
}

static int verify_run(struct session *session, int argc, char **argv)
{
	const char *text = argc > 1 ? argv[1] : NULL;
	struct error err = {0};
	struct agaddr at;
	int rc = 0;

	if (text)
		rc = range_block(session, text, &at);
	if (rc == 0 && text)
		rc = guess(session, at);
	if (rc != 0)
		return rc;
	if (!session->now.place.type) {
		session_say(session, "no current structure: name a block\n");
		return ERR_INVALID;
	}
	rc = print(session, &err);
	return rc == 0 ? COMMAND_DONE : session_complain(session, &err);
}

const struct command verify_command = {
	.name = "verify",
	.args_max = 1,
	.args = "[--json] [block]",
	.takes_json = true,
	.summary = "say whether a structure is sound by itself",
	.help = RANGE_HELP
	" Without one: the current structure. A block is taken for what its magic number says, and becomes the\n"
	" current structure.\n",
	.run = verify_run,
};
