/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* print: what the current structure says. */
#include "command.h"
#include "place.h"

static int print_fields(struct session *session, int argc, char **argv)
{
	const struct layout *layout = session->now.place.type->layout;
	struct layout_source source = place_source(session);
	struct layout_path path;
	struct error err;

	if (argc == 1)
		layout_print(session->out, layout, &source);
	/* All of them or none: the first that cannot be printed is the only answer. */
	for (int i = 1; i < argc; i++) {
		int rc = layout_path_parse(layout, &source, argv[i], &path, &err);

		if (rc != 0) {
			session_say(session, "%s\n", err.text);
			return rc;
		}
	}
	for (int i = 1; i < argc; i++)
		if (layout_path_parse(layout, &source, argv[i], &path, &err) == 0)
			layout_print_path(session->out, &path, &source);
	return COMMAND_DONE;
}

static int print_run(struct session *session, int argc, char **argv)
{
	const struct type *type = session->now.place.type;
	struct layout_source source;

	if (!type) {
		session_say(session, "no current type\n");
		return ERR_INVALID;
	}
	source = place_source(session);
	switch (type->show) {
	case SHOW_FIELDS:
		return print_fields(session, argc, argv);
	case SHOW_WORDS:
		layout_print_words(session->out, source.bytes);
		return COMMAND_DONE;
	case SHOW_TEXT:
		layout_print_text(session->out, source.bytes);
		return COMMAND_DONE;
	case SHOW_NOTHING:
		session_say(session, "no print function for type %s\n", type->name);
		return ERR_INVALID;
	}
	return COMMAND_DONE;
}

const struct command print_command = {
	.name = "print",
	.alias = "p",
	.args_max = ARGS_ANY,
	.args = "[value]...",
	.summary = "print field values",
	.help = " Prints the current structure, or the fields that are named. Parts have dots between them, elements "
		"of\n"
		" arrays an index or a range in brackets.\n"
		"\n"
		" p core.mode core.size\n"
		" p u3.bmx[0-2]\n"
		" p recs[1-3].startblock\n",
	.words = WORDS_FIELDS,
	.run = print_run,
};
