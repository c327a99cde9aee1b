/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How passes turn what readers say into findings. */
#include "check/checker.h"

/* Adds the block that @why tells of, where the place names none. */
static struct place place_of(const struct fs *fs, struct place at, const struct error *why)
{
	struct agaddr block;

	if (at.in_block || !why->has_offset || !geometry_block_of_offset(&fs->geo, why->offset_bytes, &block))
		return at;
	at.in_group = at.in_block = true;
	at.agno = block.agno;
	at.agbno = block.agbno;
	at.len_blocks = 1;
	return at;
}

void check_lsn_raise(struct check_work *work, struct place at, uint64_t lsn, const struct error *why)
{
	struct finding finding = {.code = FINDING_LSN_AHEAD, .at = at};

	if (why) {
		finding.why = *why;
	} else {
		finding.field = "lsn";
		finding.has_expected = finding.has_found = true;
		finding.expected = work->checker->result->journal.head_lsn;
		finding.found = lsn;
	}
	finding_raise(&work->findings, &finding);
}

int check_unread(struct check_work *work, struct place at, const struct error *why)
{
	if (why->code != ERR_MEDIA)
		return why->code;
	finding_raise(
		&work->findings,
		&(struct finding){.code = FINDING_MEDIA_ERROR, .at = place_of(work_fs(work), at, why), .why = *why});
	return 0;
}

int check_worse(struct check_work *work, struct place at, const struct error *why)
{
	if (why->code != ERR_CORRUPT)
		return check_unread(work, at, why);
	check_not_done(work, place_of(work_fs(work), at, why), "what changed since it was first looked at");
	return 0;
}

int check_trouble(struct check_work *work, enum finding_code code, struct place at, const struct error *why)
{
	if (why->code != ERR_CORRUPT)
		return check_unread(work, at, why);
	at = place_of(work_fs(work), at, why);
	if (why->flaw == FLAW_LSN)
		check_lsn_raise(work, at, 0, why);
	else
		finding_raise(&work->findings, &(struct finding){
						       .code = code,
						       .at = at,
						       .why = *why,
					       });
	return 0;
}

/* A journal that was never used, or that is not clean, has no place where it ends. */
uint64_t check_lsn_max(const struct check_work *work)
{
	const struct journal_state *journal = &work->checker->result->journal;

	return journal->condition == JOURNAL_CLEAN && !journal->unused ? journal->head_lsn : 0;
}

/*
 * The kernel compares cycle and block, in this order, with where the next record goes, and takes all ones for "never
 * written".
 */
bool check_lsn_ahead(const struct check_work *work, uint64_t lsn)
{
	uint64_t max = check_lsn_max(work);

	return max != 0 && lsn > max && lsn != UINT64_MAX;
}

void check_differs(struct check_work *work, enum finding_code code, struct place at, const char *field,
		   uint64_t expected, uint64_t found)
{
	finding_raise(&work->findings, &(struct finding){
					       .code = code,
					       .at = at,
					       .field = field,
					       .has_expected = true,
					       .has_found = true,
					       .expected = expected,
					       .found = found,
				       });
}

void check_not_done(struct check_work *work, struct place at, const char *what)
{
	finding_raise(&work->findings, &(struct finding){.code = FINDING_NOT_CHECKED, .at = at, .field = what});
}
