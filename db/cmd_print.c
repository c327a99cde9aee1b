/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* print: what the current structure says. */
#include "command.h"
#include "place.h"
#include "place_json.h"
#include "report/layout_json.h"

/* All of the fields or none: the first that cannot be printed is the only answer. */
static int check_fields(struct session *session, const struct layout_source *source, char **fields)
{
	const struct layout *layout = session->now.place.type->layout;
	struct layout_path path;
	struct error err;

	for (; *fields; fields++) {
		int rc = layout_path_parse(layout, source, *fields, &path, &err);

		if (rc != 0) {
			session_say(session, "%s\n", err.text);
			return rc;
		}
	}
	return 0;
}

static int print_fields(struct session *session, const struct layout_source *source, char **fields, struct error *err)
{
	const struct layout *layout = session->now.place.type->layout;
	struct layout_path path;
	int rc = 0;

	if (!*fields)
		layout_print(session->out, layout, source);
	for (; *fields && rc == 0; fields++) {
		rc = layout_path_parse(layout, source, *fields, &path, err);
		if (rc == 0)
			layout_print_path(session->out, &path, source);
	}
	return rc;
}

/* The structure, or what of it @field names. */
static int json_object_of(struct session *session, const struct layout_source *source, const char *field,
			  struct error *err)
{
	const struct layout *layout = session->now.place.type->layout;
	struct json_line line, fields;
	struct layout_path path;
	int rc = field ? layout_path_parse(layout, source, field, &path, err) : 0;

	if (rc != 0)
		return rc;
	json_line_begin(&line, "structure");
	place_json(&line, &session->now);
	if (field)
		json_text(&line, "field", field);
	json_nested_begin(&fields);
	if (field)
		layout_json_path(&fields, &path, source);
	else
		layout_json(&fields, layout, source);
	json_nested_end_as(&fields, &line, "fields");
	return json_line_end(&line, session->out, err);
}

static int json_fields(struct session *session, const struct layout_source *source, char **fields, struct error *err)
{
	int rc = 0;

	if (!*fields)
		return json_object_of(session, source, NULL, err);
	for (; *fields && rc == 0; fields++)
		rc = json_object_of(session, source, *fields, err);
	return rc;
}

/* What has no fields: the bytes. */
static int json_bytes(struct session *session, struct span bytes, struct error *err)
{
	struct json_line line;

	json_line_begin(&line, "structure");
	place_json(&line, &session->now);
	json_hex(&line, "bytes_hex", bytes.bytes, bytes.len);
	return json_line_end(&line, session->out, err);
}

static int print_run(struct session *session, int argc, char **argv)
{
	const struct type *type = session->now.place.type;
	struct layout_source source;
	struct error err = {0};
	int rc = 0;

	(void)argc;
	if (!type) {
		session_say(session, "no current type\n");
		return ERR_INVALID;
	}
	source = place_source(session);
	if (type->show == SHOW_FIELDS && check_fields(session, &source, argv + 1) != 0)
		return ERR_INVALID;
	switch (type->show) {
	case SHOW_FIELDS:
		rc = session->json ? json_fields(session, &source, argv + 1, &err)
				   : print_fields(session, &source, argv + 1, &err);
		break;
	case SHOW_WORDS:
		if (session->json)
			rc = json_bytes(session, source.bytes, &err);
		else
			layout_print_words(session->out, source.bytes);
		break;
	case SHOW_TEXT:
		if (session->json)
			rc = json_bytes(session, source.bytes, &err);
		else
			layout_print_text(session->out, source.bytes);
		break;
	case SHOW_NOTHING:
		session_say(session, "no print function for type %s\n", type->name);
		return ERR_INVALID;
	}
	return rc == 0 ? COMMAND_DONE : session_complain(session, &err);
}

const struct command print_command = {
	.name = "print",
	.alias = "p",
	.args_max = ARGS_ANY,
	.args = "[--json] [value]...",
	.takes_json = true,
	.summary = "print field values",
	.help = " Prints the current structure, or the fields that are named. Parts have dots between them, elements "
		"of\n"
		" arrays an index or a range in brackets.\n"
		"\n"
		" p core.mode core.size\n"
		" p u3.bmx[0-2]\n"
		" p recs[1-3].startblock\n"
		"\n"
		" With --json the answer is one object, or one for each field that is named, with the values in "
		"\"fields\".\n"
		" Arrays begin at 0 there.\n",
	.words = WORDS_FIELDS,
	.run = print_run,
};
