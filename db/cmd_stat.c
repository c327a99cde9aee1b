/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* stat: what the space is used for. */

#include "command.h"
#include "report/json_line.h"
#include "report/size.h"
#include "session.h"
#include "survey.h"

static void print_line(struct session *session, const char *title, uint64_t bytes, uint64_t total)
{
	char size[SIZE_TEXT];

	session_say(session, "%-24s %12s %14llu bytes %5.1f%%\n", title, size_text(size, bytes),
		    (unsigned long long)bytes, total ? 100.0 * (double)bytes / (double)total : 0);
}

static void print_text(struct session *session, const struct usage_cell *all)
{
	uint64_t total = all->end_bytes - all->start_bytes;
	char size[SIZE_TEXT];

	for (int kind = 0; kind < USAGE_KINDS; kind++)
		if (all->bytes[kind] > 0)
			print_line(session, usage_titles[kind], all->bytes[kind], total);
	print_line(session, "all groups", total, total);
	session_say(session, "files see %s of data (%llu bytes)", size_text(size, all->seen_bytes),
		    (unsigned long long)all->seen_bytes);
	if (all->bytes[USAGE_DATA] > 0)
		session_say(session, ": each byte is seen %.2f times",
			    (double)all->seen_bytes / (double)all->bytes[USAGE_DATA]);
	session_say(session, "\n");
}

static int print_json(struct session *session, const struct usage_cell *all, struct error *err)
{
	struct json_line line;
	char key[64];

	json_line_begin(&line, "stat");
	for (int kind = 0; kind < USAGE_KINDS; kind++) {
		(void)snprintf(key, sizeof(key), "%s_bytes", usage_names[kind]);
		json_number(&line, key, all->bytes[kind]);
	}
	json_number(&line, "file_data_seen_bytes", all->seen_bytes);
	json_number(&line, "total_bytes", all->end_bytes - all->start_bytes);
	return json_line_end(&line, session->out, err);
}

static int stat_run(struct session *session, int argc, char **argv)
{
	const struct geometry *geo = &session->fs->geo;
	struct usage_cell all = {.end_bytes = geo->blocks << geo->block_log};
	struct error err = {0};
	uint64_t gaps;
	int rc;

	(void)argc, (void)argv;
	rc = survey(session, &all, 1, &gaps, &err);
	if (rc == 0 && session->json)
		rc = print_json(session, &all, &err);
	else if (rc == 0)
		print_text(session, &all);
	return rc == 0 || rc == ERR_CANCELLED ? rc : session_complain(session, &err);
}

const struct command stat_command = {
	.name = "stat",
	.args = "[--json]",
	.takes_json = true,
	.summary = "show what the space is used for",
	.help = " Data that several files own counts once; how much files see of it stands in the last line.\n",
	.run = stat_run,
};
