/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* daxmap: which parts of a file can be mapped with pages of 2 MiB, and why the others cannot. */
#include <inttypes.h>

#include "command.h"
#include "fs/daxmap.h"
#include "report/json_line.h"
#include "report/size.h"
#include "session.h"

struct listing {
	struct session *session;
	uint64_t ino;
	uint64_t huge_bytes, all_bytes;
	struct error *err;
};

static int print_range(void *arg, uint64_t start, uint64_t end, enum daxmap_verdict verdict)
{
	struct listing *listing = arg;
	char size[SIZE_TEXT];
	struct json_line line;

	listing->all_bytes += end - start;
	if (verdict == DAXMAP_HUGE || verdict == DAXMAP_HUGE_SHARED)
		listing->huge_bytes += end - start;
	if (!listing->session->json) {
		session_say(listing->session, "%14" PRIu64 " %12s  %s\n", start, size_text(size, end - start),
			    daxmap_titles[verdict]);
		return session_interrupted(listing->session) ? ERR_CANCELLED : 0;
	}
	json_line_begin(&line, "daxmap");
	json_number(&line, "inode", listing->ino);
	json_number(&line, "offset_bytes", start);
	json_number(&line, "length_bytes", end - start);
	json_text(&line, "mapping", daxmap_names[verdict]);
	return json_line_end(&line, listing->session->out, listing->err);
}

static int find_inode(struct session *session, const char *text, uint64_t *ino)
{
	*ino = session->now.place.ino;
	if (text)
		return session_ino(session, text, ino);
	if (*ino == INO_NONE) {
		session_say(session, "no current inode: name one\n");
		return ERR_INVALID;
	}
	return 0;
}

static int daxmap_run(struct session *session, int argc, char **argv)
{
	struct error err = {0};
	struct listing listing = {.session = session, .err = &err};
	struct inode inode;
	int rc = find_inode(session, argc > 1 ? argv[1] : NULL, &listing.ino);

	if (rc != 0)
		return rc;
	rc = inode_read(session->fs, listing.ino, &inode, &err);
	if (rc == 0)
		rc = daxmap_walk(session->fs, &inode, 0, print_range, &listing, &err);
	if (rc == ERR_CANCELLED)
		return rc;
	if (rc == 0 && !session->json)
		session_say(session, "%.0f%% of the file in pages of 2 MiB\n",
			    listing.all_bytes ? 100.0 * (double)listing.huge_bytes / (double)listing.all_bytes : 0);
	return rc == 0 ? COMMAND_DONE : session_complain(session, &err);
}

const struct command daxmap_command = {
	.name = "daxmap",
	.args_max = 1,
	.args = "[--json] [inode]",
	.takes_json = true,
	.summary = "show which parts of a file can be mapped with 2 MiB pages",
	.help = " For the inode, or the current one: byte in the file, length, and what a mapping gets there. Places "
		"on the\n"
		" device are counted from its own start: of a partition, whether that lies on 2 MiB is another "
		"question.\n",
	.run = daxmap_run,
};
