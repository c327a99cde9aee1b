/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The state of the journal. What journal_inspect finds stays in the result: later passes ask it for the newest LSN that
 * metadata can have.
 */
#include "check/pass.h"

static struct place at_journal(const struct fs *fs)
{
	return at_blocks(fs->geo.log_start, fs->geo.log_blocks);
}

static void raise_dirty(struct check_work *work, const struct journal_state *journal)
{
	finding_raise(&work->findings, &(struct finding){.code = FINDING_JOURNAL_DIRTY,
							 .at = at_journal(work_fs(work)),
							 .count = journal->dirty_records});
}

static void raise_torn(struct check_work *work, const struct journal_state *journal)
{
	finding_raise(&work->findings, &(struct finding){.code = FINDING_JOURNAL_TORN,
							 .at = at_journal(work_fs(work)),
							 .count = journal->torn_records});
}

/* What is known to be bad where nobody had to read: the kernel will write there when its journal comes around. */
static int check_known_bad(struct check_work *work)
{
	const struct geometry *geo = &work_fs(work)->geo;
	uint64_t start = geometry_block_offset(geo, geo->log_start), at = start;
	uint64_t end = start + ((uint64_t)geo->log_blocks << geo->block_log);
	const struct interval *bad;
	int rc = 0;

	for (; rc == 0 && (bad = device_known_bad(work_fs(work)->device, at)) && bad->start < end; at = bad->end) {
		uint64_t first_bad = bad->start > at ? bad->start : at, end_bad = bad->end < end ? bad->end : end;
		uint32_t first = (uint32_t)((first_bad - start) >> geo->block_log);
		uint32_t last = (uint32_t)((end_bad - 1 - start) >> geo->block_log);
		struct agaddr block = {geo->log_start.agno, geo->log_start.agbno + first};
		struct error why;

		(void)error_set_at(&why, ERR_MEDIA, first_bad, "the medium is known to be bad");
		rc = check_unread(work, at_blocks(block, last - first + 1), &why);
	}
	return rc;
}

int journal_unit(struct check_work *work, size_t unit)
{
	struct journal_state *journal = &work->checker->result->journal;
	struct error err;
	int rc = journal_inspect(work_fs(work), journal, &err);

	(void)unit;
	if (rc != 0)
		return rc;
	if (journal->torn_records > 0)
		raise_torn(work, journal);
	switch (journal->condition) {
	case JOURNAL_CLEAN:
		return check_known_bad(work);
	case JOURNAL_DIRTY:
		raise_dirty(work, journal);
		return check_known_bad(work);
	case JOURNAL_DAMAGED:
		return check_trouble(work, FINDING_JOURNAL_DAMAGED, at_fs(), &journal->why);
	}
	return 0;
}
