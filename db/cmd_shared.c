/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* shared: who shares what with whom, and how much. */
#include <inttypes.h>

#include "command.h"
#include "fs/sharing.h"
#include "report/json_line.h"
#include "report/size.h"
#include "session.h"

static int print_line(struct session *session, const struct sharing *item, const uint64_t *of, struct error *err)
{
	char size[SIZE_TEXT];
	struct json_line line;

	if (!session->json) {
		session_say(session, of ? "   with inode %-14" PRIu64 " %12s\n" : "inode %-14" PRIu64 " %12s\n",
			    item->ino, size_text(size, item->bytes));
		return 0;
	}
	json_line_begin(&line, "shared");
	json_number(&line, "inode", of ? *of : item->ino);
	if (of)
		json_number(&line, "with_inode", item->ino);
	json_number(&line, "shared_bytes", item->bytes);
	return json_line_end(&line, session->out, err);
}

static int shared_run(struct session *session, int argc, char **argv)
{
	const char *text = argc > 1 ? argv[1] : NULL;
	struct progress progress = session_progress(session);
	struct sharing_list list = {0};
	struct error err = {0};
	struct inode inode;
	uint64_t ino = 0, gaps = 0;
	int rc = 0;

	if (text && session_ino(session, text, &ino) != 0)
		return ERR_INVALID;
	if (text)
		rc = inode_read(session->fs, ino, &inode, &err);
	if (rc == 0)
		rc = text ? sharing_of_inode(session->fs, &inode, &progress, &list, &gaps, &err)
			  : sharing_of_all(session->fs, &progress, &list, &gaps, &err);
	for (size_t i = 0; i < list.count && rc == 0 && !session_interrupted(session); i++)
		rc = print_line(session, &list.items[i], text ? &ino : NULL, &err);
	if (rc == 0 && list.count == 0 && !session->json)
		session_say(session, text ? "inode %" PRIu64 " shares nothing\n" : "nothing is shared\n", ino);
	if (rc == 0)
		session_tell_gaps(session, gaps);
	sharing_fini(&list);
	return rc == 0 || rc == ERR_CANCELLED ? rc : session_complain(session, &err);
}

const struct command shared_command = {
	.name = "shared",
	.args_max = 1,
	.args = "[--json] [inode]",
	.takes_json = true,
	.summary = "show who shares blocks with whom",
	.help = " Without an inode: every inode that shares, and how much of it is shared. With one: with whom, how "
		"much.\n",
	.run = shared_run,
};
