/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* timelimit: the times that fit into inodes and quota records. */
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "command.h"
#include "fs/time.h"
#include "session.h"

/*
 * Format: xfs_format.h, XFS_DQ_LEGACY_EXPIRY_*, XFS_DQ_BIGTIME_*, XFS_DQ_GRACE_*, XFS_BIGTIME_TIME_MAX: the timers of
 * quota records are 32 bits, a second each, or four with bigtime; grace times are always seconds. With bigtime no time
 * is later than the last that a timer can have, so the seconds that it counts are cut to a multiple of four.
 */
#define GRACE_MAX    UINT32_MAX
#define CLASSIC_STEP 1
#define BIGTIME_STEP 4
#define BIGTIME_LAST (UINT64_MAX / 1000000000u / BIGTIME_STEP * BIGTIME_STEP * 1000000000u)

struct limit {
	const char *name;
	int64_t seconds;
	bool is_date; /* or a number of seconds */
};

struct style {
	bool pretty, compact;
};

static void print_limit(struct session *session, const struct limit *limit, const struct style *style)
{
	char text[64];
	time_t moment = (time_t)limit->seconds;
	struct tm date;

	if (style->compact) {
		session_say(session, "%" PRId64 " ", limit->seconds);
		return;
	}
	if (style->pretty && limit->is_date && localtime_r(&moment, &date) &&
	    strftime(text, sizeof(text), "%a %b %e %H:%M:%S %Y", &date) > 0)
		session_say(session, "%s = %s\n", limit->name, text);
	else
		session_say(session, "%s = %" PRId64 "\n", limit->name, limit->seconds);
}

static void print_limits(struct session *session, bool bigtime, const struct style *style)
{
	int64_t last = time_decode(bigtime ? BIGTIME_LAST : (uint64_t)INT32_MAX << 32, bigtime).seconds;
	/* "dqgrace.min" stands twice, as scripts know it from xfs_db. */
	const struct limit limits[] = {
		{"time.min", time_decode(bigtime ? 0 : (uint64_t)1 << 63, bigtime).seconds, true},
		{"time.max", last, true},
		{"dqtimer.min", bigtime ? BIGTIME_STEP : CLASSIC_STEP, true},
		{"dqtimer.max", bigtime ? last : UINT32_MAX, true},
		{"dqgrace.min", 0, false},
		{"dqgrace.min", GRACE_MAX, false},
	};

	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
		print_limit(session, &limits[i], style);
	if (style->compact)
		session_say(session, "\n");
}

static int timelimit_run(struct session *session, int argc, char **argv)
{
	bool bigtime = session->fs->geo.has_bigtime;
	struct style style = {0};

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--classic") == 0) {
			bigtime = false;
		} else if (strcmp(argv[i], "--bigtime") == 0) {
			bigtime = true;
		} else if (strcmp(argv[i], "--pretty") == 0) {
			style = (struct style){.pretty = true};
		} else if (strcmp(argv[i], "--compact") == 0) {
			style = (struct style){.compact = true};
		} else {
			session_say(session, "%s: bad option for timelimit command\n", argv[i]);
			return ERR_INVALID;
		}
	}
	print_limits(session, bigtime, &style);
	return COMMAND_DONE;
}

const struct command timelimit_command = {
	.name = "timelimit",
	.args_max = ARGS_ANY,
	.args = "[--classic|--bigtime] [--pretty|--compact]",
	.summary = "display timestamp limits",
	.help = " The earliest and the latest time that inodes and quota timers can have, in seconds from 1970, and "
		"the\n"
		" longest time of grace.\n"
		"\n"
		" --classic  of file systems without the feature bigtime, whatever this one has\n"
		" --bigtime  of file systems with it\n"
		" --pretty   times as dates\n"
		" --compact  all in one line\n",
	.run = timelimit_run,
};
