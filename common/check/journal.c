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
		return 0;
	case JOURNAL_DIRTY:
		raise_dirty(work, journal);
		return 0;
	case JOURNAL_DAMAGED:
		return check_trouble(work, FINDING_JOURNAL_DAMAGED, at_fs(), &journal->why);
	}
	return 0;
}
