/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How passes turn what readers say into findings. */
#include <assert.h>

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

int check_trouble(struct check_work *work, enum finding_code code, struct place at, const struct error *why)
{
	if (why->code != ERR_CORRUPT && why->code != ERR_MEDIA)
		return why->code;
	if (why->code == ERR_MEDIA)
		code = FINDING_MEDIA_ERROR;
	else if (why->flaw == FLAW_LSN)
		code = FINDING_LSN_AHEAD;
	finding_raise(&work->findings, &(struct finding){
					       .code = code,
					       .at = place_of(work_fs(work), at, why),
					       .why = *why,
				       });
	return 0;
}

uint64_t check_lsn_max(const struct check_work *work)
{
	const struct journal_state *journal = &work->checker->result->journal;

	return journal->condition == JOURNAL_CLEAN && !journal->unused ? journal->head_lsn : 0;
}

void check_lsn(struct check_work *work, struct place at, uint64_t offset_bytes, uint64_t lsn)
{
	uint64_t max = check_lsn_max(work);
	struct error why;

	if (max == 0 || lsn <= max)
		return;
	(void)error_corrupt(&why, FLAW_LSN, offset_bytes, "LSN %#llx is after the end of the journal, %#llx",
			    (unsigned long long)lsn, (unsigned long long)max);
	if (check_trouble(work, FINDING_LSN_AHEAD, at, &why) != 0)
		assert(false); /* ERR_CORRUPT is no end */
}

void check_equal(struct check_work *work, enum finding_code code, struct place at, const char *field, uint64_t expected,
		 uint64_t found)
{
	if (expected == found)
		return;
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
