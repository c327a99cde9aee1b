/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* agresv: what the groups keep back for their trees. */
#include <inttypes.h>

#include "command.h"
#include "fs/reserve.h"
#include "session.h"

static int print_group(struct session *session, uint32_t agno)
{
	struct reserve reserve;
	struct disk_agf agf;
	struct disk_agi agi;
	struct error err;
	int rc = fs_read_agf(session->fs, agno, &agf, &err);

	if (rc == 0)
		rc = fs_read_agi(session->fs, agno, &agi, &err);
	if (rc == 0)
		rc = reserve_of_group(session->fs, agno, &agf, &agi, &reserve, &err);
	if (rc != 0)
		return session_complain(session, &err);
	session_say(session,
		    "AG %" PRIu32 ": length: %" PRIu32 " free: %" PRIu64 " reserved: %" PRIu64 " used: %" PRIu64 "%s\n",
		    agno, be32_get(agf.length), reserve.free_blocks, reserve.asked_blocks, reserve.used_blocks,
		    reserve.asked_blocks - reserve.used_blocks > reserve.free_blocks &&
				    reserve.asked_blocks > reserve.used_blocks
			    ? " <not enough space>"
			    : "");
	return 0;
}

static int agresv_run(struct session *session, int argc, char **argv)
{
	uint32_t groups = session->fs->geo.ag_count;
	int rc = 0;

	for (uint32_t agno = 0; argc == 1 && agno < groups && !session_interrupted(session); agno++) {
		int failed = print_group(session, agno);

		rc = failed ? failed : rc;
	}
	for (int i = 1; i < argc; i++) {
		uint64_t agno;

		if (!session_number(argv[i], &agno) || agno >= groups) {
			session_say(session, "%s: Not a AG.\n", argv[i]);
			return ERR_INVALID;
		}
		rc = print_group(session, (uint32_t)agno);
	}
	return session_interrupted(session) ? ERR_CANCELLED : rc;
}

const struct command agresv_command = {
	.name = "agresv",
	.args_max = ARGS_ANY,
	.args = "[agno]...",
	.summary = "print AG reservation stats",
	.help = " Of each group, or of those that are named: its blocks, how many of them are free, how many the "
		"kernel\n"
		" keeps back for the refcountbt, the finobt and the rmapbt, and how many these have already.\n",
	.run = agresv_run,
};
