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

int check_trouble(struct check_work *work, enum finding_code code, struct place at, const struct error *why)
{
	if (why->code != ERR_CORRUPT && why->code != ERR_MEDIA)
		return why->code;
	finding_raise(&work->findings, &(struct finding){
					       .code = why->code == ERR_MEDIA ? FINDING_MEDIA_ERROR : code,
					       .at = place_of(work_fs(work), at, why),
					       .why = *why,
				       });
	return 0;
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

/*
 * The kernel compares cycle and block, in this order, with where the next record goes, and takes all ones for "never
 * written". A journal that was never used, or that is not clean, has no such place.
 */
void check_lsn(struct check_work *work, struct place at, uint64_t lsn)
{
	const struct journal_state *journal = &work->checker->result->journal;

	if (lsn <= journal->head_lsn || lsn == UINT64_MAX || journal->unused || journal->condition != JOURNAL_CLEAN)
		return;
	finding_raise(&work->findings, &(struct finding){
					       .code = FINDING_LSN_AHEAD,
					       .at = at,
					       .field = "lsn",
					       .has_expected = true,
					       .has_found = true,
					       .expected = journal->head_lsn,
					       .found = lsn,
				       });
}

void check_not_done(struct check_work *work, struct place at, const char *what)
{
	finding_raise(&work->findings, &(struct finding){.code = FINDING_NOT_CHECKED, .at = at, .field = what});
}
